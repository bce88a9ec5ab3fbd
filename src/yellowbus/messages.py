"""The one catalogue of what the product says to a person when something is wrong.

Each entry is `code: Message(sentence, remedy)`. The sentence says what happened and what it means; the remedy says
what to do now. Both are `str.format` texts over the facts that the raiser passes (never a personal value).
`docs/errors.md` has an entry for each code; a test fails otherwise. Keep the groups; within a group keep the order
in which a person meets them.
"""

from typing import NamedTuple


class Message(NamedTuple):
    sentence: str
    remedy: str


MESSAGES: dict[str, Message] = {
    # --- switches and set-up ---
    "imports-off": Message(
        "Organization does not accept Imports at this time: sync import for {year} is off. Nothing was read.",
        "In Enroll open Settings > General, turn on “Enable Sync Import for Year {year}” and save.",
    ),
    # --- the database ---
    "database-programs-missing": Message(
        "The PostgreSQL programs are not installed beside Yellowbus.",
        "Run `make demo` once, or name your own PostgreSQL 15 to 18 in DATABASE_URL.",
    ),
    "database-not-made": Message(
        "The database could not be made in {folder}: {reason}",
        "Check that the folder can be written and has 200 MB free, then start again.",
    ),
    "database-not-started": Message(
        "The database in {folder} did not start.",
        "Read the last lines of {log}; if another program holds the folder, stop it and start again.",
    ),
    "database-socket-folder": Message(
        "The folder {folder} for the database's socket belongs to another user of this machine, or is open to others.",
        "Have it removed, or choose a data folder with a shorter path (YELLOWBUS_DATA).",
    ),
    "database-other-major": Message(
        "The database in {folder} was made by PostgreSQL {found}; this version of Yellowbus brings {expected}.",
        "Follow docs/operate.md, “Moving to another PostgreSQL”. Nothing was changed.",
    ),
    "database-no-user": Message(
        "PostgreSQL does not run as root, and this machine has neither a user yellowbus nor a user nobody.",
        "Make one: `useradd --system yellowbus`.",
    ),
    "database-newer": Message(
        "The database was written by a newer Yellowbus ({unknown}); this one is {version}. Nothing was changed.",
        "Start the newer version again, or restore the back-up made before the upgrade.",
    ),
    "database-version-unsupported": Message(
        "The PostgreSQL of DATABASE_URL is version {found}; Yellowbus works with 15 to 18.",
        "Name a PostgreSQL 15, 16, 17 or 18 in DATABASE_URL.",
    ),
    "database-full": Message(
        "The disk of the database is full. What was done up to here is kept; the rest waits.",
        "Make room where the database is, then take the run up again: nothing is done twice.",
    ),
    "database-role-missing": Message(
        "The database's user may not make the role {role}, behind which each organization sees its own rows alone.",
        "Let its administrator run once: CREATE ROLE {role} NOLOGIN; GRANT {role} TO the user of DATABASE_URL.",
    ),
    # --- back-up ---
    "backup-in-the-way": Message(
        "{path} is there already. Nothing was written.",
        "Name a file that is not there yet; a back-up never replaces another.",
    ),
    "backup-no-folder": Message(
        "{path} cannot be written: its folder is not there.",
        "Make the folder, or name another.",
    ),
    "backup-side-by-side": Message(
        "The back-up and the copy of the key file would lie in one folder, so that a thief of it had everything.",
        "Name another folder for the key file with --keys-to.",
    ),
    "backup-program-missing": Message(
        "There is no {program} of PostgreSQL {major} on this machine, and another version's may leave something out.",
        "Install it: `apt-get install postgresql-client-{major}`.",
    ),
    "backup-program-failed": Message(
        "{program} failed: {reason}. Nothing was left half-written.",
        "Mend what it names and try again.",
    ),
    "backup-unreadable": Message(
        "{path} is no back-up of Yellowbus, or it is damaged.",
        "Take another back-up; `tar -tf` lists about.json and database.dump in a whole one.",
    ),
    "backup-newer": Message(
        "The back-up was made by Yellowbus {theirs}, which is newer than this one ({ours}). Nothing was changed.",
        "Install that version or a newer one, and restore again.",
    ),
    "backup-keys-missing": Message(
        "There is no key file at {path}. Nothing was changed.",
        "Name the copy that was kept with the back-up.",
    ),
    "backup-keys-wrong": Message(
        "The key file {path} does not open the back-up of {made_at}. Nothing was changed.",
        "Name the key file that was kept with this back-up.",
    ),
    "restore-not-empty": Message(
        "The database of this installation is not empty, so nothing was restored.",
        "Name an empty data folder (YELLOWBUS_DATA) or an empty database (DATABASE_URL).",
    ),
    # --- keys ---
    "keys-open-to-others": Message(
        "The key file {path} can be read by other users of this machine, so it is not used.",
        "Make it private: `chmod 600 {path}`. If others may have read it, rotate the keys and the SIS credentials.",
    ),
    "keys-unreadable": Message(
        "The key file {path} is damaged; stored credentials cannot be read without it.",
        "Put it back from the back-up, or enter the credentials of every connection again.",
    ),
    "key-missing": Message(
        "The credentials of this connection were encrypted with key {key}, which is not in the key file.",
        "Put the key file back from the back-up, or enter the credentials again.",
    ),
    "credential-damaged": Message(
        "The stored {name} does not open with its key: the row was moved or altered.",
        "Enter the credentials of this connection again.",
    ),
    "not-permitted": Message(
        "Your group may not do this (it needs {permission}).",
        "Ask an administrator with Sync Service Full Access.",
    ),
    "mapping-missing": Message(
        "There is no {kind} mapping for {connection} yet.",
        "Open Configure Mapping and save one, or apply a ready one: `yellowbus mapping apply`.",
    ),
    "mapping-version-unknown": Message(
        "There is no version {number} of this mapping; the newest is {newest}.",
        "Choose a version from the history.",
    ),
    "mapping-changed-meanwhile": Message(
        "{author} saved version {newest} of this mapping while you were working on version {seen}. Yours is not saved.",
        "Look at what changed, then save again.",
    ),
    "nothing-chosen": Message(
        "Nothing was chosen, or it is not offered any more. Nothing was changed.",
        "Choose again from what the page offers.",
    ),
    "mapping-other-kind": Message(
        "This is a mapping of {found}, and a mapping of {kind} is wanted here. Nothing was changed.",
        "Open the mapping of {found} on the left side, or choose another file.",
    ),
    "copy-other-system": Message(
        "{source} and {target} are of different kinds of SIS, so the fields of one are not those of the other.",
        "Copy between connections of the same kind of SIS.",
    ),
    "copy-without-field": Message(
        "{field}: Enroll has no such field here.",
        "Add the custom field to this site first, or go on without it.",
    ),
    "copy-without-source": Message(
        "{field}: the SIS of this connection has no {lacks}.",
        "Choose another source for it once the rest is saved.",
    ),
    "mapping-not-ready": Message(
        "The mapping is not ready: {number} points are open. The first: {first}",
        "Settle them under Configure Mapping (`yellowbus mapping check` lists them), then start the import again.",
    ),
    "options-changed-meanwhile": Message(
        "Somebody else saved this page since you opened it. Nothing of yours is saved.",
        "What they saved is told below, and what you typed is still here: save again to put yours in its place.",
    ),
    "too-many-examples": Message(
        "{count} Student Examples were given; there can be {most}.",
        "Keep the {most} that show the most different cases.",
    ),
    # --- people and groups ---
    "person-unknown": Message(
        "There is no such person in this organization.",
        "Open Settings > Manage Users for those there are.",
    ),
    "person-known": Message(
        "{email} belongs to this organization already.",
        "Change the person's group under Settings > Manage Users instead.",
    ),
    "email-refused": Message(
        "This is not an email address that can be used. Nobody was invited.",
        "Write it as name@district.org, at most 200 characters.",
    ),
    "group-unknown": Message(
        "There is no such group in this organization.",
        "Choose one under Settings > Manage Users.",
    ),
    "group-built-in": Message(
        "{name} comes with Yellowbus and stays as it is. Nothing was changed.",
        "Make a group of your own.",
    ),
    "group-without-name": Message(
        "The group has no name. Nothing was changed.",
        "Give it one.",
    ),
    "group-name-taken": Message(
        "There is a group named {name} already. Nothing was changed.",
        "Choose another name.",
    ),
    "grant-beyond-own": Message(
        "Nobody can give or take more than they have, and your group lacks: {permissions}. Nothing was changed.",
        "Ask an administrator with Full Access.",
    ),
    "last-administrator": Message(
        "{email} is the last one who can manage users. Nothing was changed.",
        "Put another person into a group with Edit Administrators first.",
    ),
    "link-spent": Message(
        "This link was used already, was replaced by a newer one, or is too old.",
        "Ask the person who sent it for a new one.",
    ),
    "link-of-another": Message(
        "This invitation is for another account than the one that is signed in here.",
        "Sign out, then open the link again.",
    ),
    "link-shared-account": Message(
        "{email} has a password, so no link can sign them in here.",
        "They can use “Forgot your password?” on the sign-in page.",
    ),
    "no-organization": Message(
        "Your account belongs to no organization now.",
        "Ask the administrator who invited you.",
    ),
    "school-gone": Message(
        "There is no such school in this site.",
        "Open Settings > Schools/Programs > Manage Schools for those there are.",
    ),
    "student-gone": Message(
        "There is no such student in this site.",
        "Open Students and search by name or id.",
    ),
    "no-school-chosen": Message(
        "No school is chosen. Nothing was changed.",
        "Tick the schools in the table, then choose their Sync Connection.",
    ),
    "no-connection-chosen": Message(
        "No Sync Connection is chosen. Nothing was changed.",
        "Choose one of this site, or None.",
    ),
    "page-unknown": Message(
        "There is no page at this address.",
        "Choose one from the menu.",
    ),
    "copy-into-production": Message(
        "Only a Sandbox can be filled from the other site. Nothing was copied.",
        "Name the Sandbox: `yellowbus enroll copy --to sandbox`.",
    ),
    "instance-missing": Message(
        "This organization has no {environment} site.",
        "Choose the other one.",
    ),
    # --- connections and schools ---
    "connection-name-taken": Message(
        "There is a connection named {name} already.",
        "Choose another name.",
    ),
    "connection-unknown": Message(
        "There is no connection named {name}. Known: {known}.",
        "Check the spelling, or add it.",
    ),
    "connection-archived": Message(
        "{name} is archived, so nothing can be imported through it.",
        "Use another connection, or add one.",
    ),
    "connection-gone": Message(
        "There is no such connection in this site; it may have been archived.",
        "Open Connections and choose one of those shown. Sandbox and Production have their own.",
    ),
    "files-folder-missing": Message(
        "{label} names a file on the server, and no folder is open to the pages. Nothing was read.",
        "Whoever runs the server names a folder in YELLOWBUS_FILES, or adds it with `yellowbus connection add`.",
    ),
    "path-outside": Message(
        "{label} leads outside the folder that is open to the pages. Nothing was read.",
        "Put the file into the folder that the server names in YELLOWBUS_FILES, and enter its path there.",
    ),
    "download-gone": Message(
        "There is no such file to download.",
        "Open Add Sync Connection and take the file from the page of the credentials.",
    ),
    "connect-failed": Message(
        "Connect did not pass at “{check}”. Nothing was saved.",
        "Do what that line says, then press Connect again. Secrets are entered anew each time.",
    ),
    "connection-moving": Message(
        "An import of {name} is under way, so it was not archived.",
        "Wait until the import ends, or cancel it in Sync Logs; then archive again.",
    ),
    "connection-in-use": Message(
        "{name} is in use: {schools} schools are assigned to it, or its schedule is on.",
        "Turn the schedule off and assign the schools to another connection first.",
    ),
    "credential-unknown": Message(
        "{system} has no credential named {names}.",
        "Use the names that `yellowbus connection add --help` lists for the system.",
    ),
    "credential-lacking": Message(
        "{system} also needs: {names}.",
        "Enter it, then connect again.",
    ),
    "schools-unknown": Message(
        "Enroll has no school with the School Code {codes}. No school was changed.",
        "Import the schools first, or correct the code.",
    ),
    # --- runs ---
    "run-under-way": Message(
        "Another {kind} import of this connection is under way ({run}).",
        "Wait for it to end, or cancel it.",
    ),
    "run-not-waiting": Message(
        "Run {run} does not wait for a yes: it was applied, cancelled or replaced by a newer plan.",
        "Open the newest plan.",
    ),
    "run-replaced": Message(
        "Run {run} cannot be taken up again: the newer run {newer} has a plan that replaces it.",
        "Open the newest plan, or start a new import.",
    ),
    "run-stuck": Message(
        "The run was begun {tries} times at the same place and never came further, so it was stopped.",
        "Read the worker's log, then resume the run. What was written before stays written.",
    ),
    "program-fault": Message(
        "The program came upon something it was not made for ({kind} at {where}). The run was stopped.",
        "Report it with this line, which holds no personal data. Resume the run after an update.",
    ),
    "scan-under-way": Message(
        "The codes of {connection} are being read right now.",
        "Wait for it to end, or cancel it.",
    ),
    "scan-stuck": Message(
        "Reading the codes was begun {tries} times and never came to its end, so it was stopped.",
        "Read the worker's log, then read the codes again.",
    ),
    "scan-nothing": Message(
        "No field of {connection} is known to hold codes, so there was nothing to read.",
        "Map a field with Match Codes, or name the field to read.",
    ),
    "scan-fields-lacking": Message(
        "The SIS does not give these fields: {fields}. Nothing was read.",
        "Correct the name, or grant the field in the SIS.",
    ),
    "codes-not-read": Message(
        "The codes of {field} have not been read from the SIS yet.",
        "Read the codes now: yellowbus mapping scan {connection}.",
    ),
    "run-ended": Message(
        "Run {run} has ended already.",
        "Nothing to do.",
    ),
    "run-gone": Message(
        "There is no such run in this site.",
        "Open Sync Logs and choose one of those listed.",
    ),
    "record-gone": Message(
        "There is no such record in this run.",
        "Open the run and choose one of those listed.",
    ),
    "run-unknown": Message(
        "There is no run {run}, or its beginning fits several.",
        "Take the id from `yellowbus runs list`.",
    ),
    # --- what waits, and what differs ---
    "waits-review": Message(
        "These records may be students whom Enroll has already, and nobody has said so yet.",
        "Say of each whether it is that student or a new one; the next import goes by it.",
    ),
    "waits-held": Message(
        "Changes of {field} wait for a person, as more students are concerned than the threshold allows.",
        "Look at them on the page of the run, then release or dismiss them there.",
    ),
    "dismiss-without-reason": Message(
        "A dismissal is kept with its reason, and none was given.",
        "Say in a few words why this may stay as it is.",
    ),
    "cause-gone": Message("Nothing is due for this cause any more.", "Open What Waits again to see what is."),
    "cause-shared": Message(
        "Each of the {count} records of this cause has another one too, so that none was dismissed.",
        "Mend or dismiss the other cause first, or dismiss single records with `yellowbus due dismiss`.",
    ),
    "dismissal-gone": Message(
        "This is not dismissed any more: it was taken back, or it changed since.", "Open the list again."
    ),
    "codes-none-chosen": Message(
        "No Enroll value was chosen for any code.",
        "Choose the value of Enroll that a code stands for, then add it.",
    ),
    "codes-target-not-taken": Message(
        "“{value}” is not a value that {field} takes.", "Choose one of those that Field Codes lists."
    ),
    "difference-gone": Message(
        "None of these differs any more.", "Open Reconciliation again to see what does."
    ),
    "missing-from-read": Message(
        "The last full import did not bring this student.",
        "Look the student up in the SIS. Enroll keeps the student as it is until the SIS or a person says otherwise.",
    ),
    "missing-unread": Message(
        "The last full import brought a record that could not be understood, and it may be this student's.",
        "Mend the record that failed; its student is then found again.",
    ),
    "missing-in-review": Message(
        "A record that may be this student's waits for a person.",
        "Say who the record is; the next import goes by it.",
    ),
    "difference-held": Message(
        "The change was held, as more students are concerned than the threshold allows.",
        "Release or dismiss it on the page of the run.",
    ),
    "nothing-due": Message(
        "Nothing of run {run} is due any more: it succeeded since, was dismissed, or a newer run took it over.",
        "`yellowbus due list` shows what is due now.",
    ),
    "nothing-held": Message(
        "Run {run} holds no change of {fields} that still waits.",
        "`yellowbus runs show` lists what waits.",
    ),
    "due-unknown": Message(
        "No record of this connection with one of the ids given is due.",
        "`yellowbus due list` shows what is due now.",
    ),
    "student-unknown": Message(
        "Enroll has no student with the id {student} in this instance.",
        "Take the id of Enroll (students.id) from `yellowbus reviews list`.",
    ),
    "decision-unknown": Message(
        "Nothing was said of a record of that id.",
        "`yellowbus reviews list` and the page Who is who show what waits and what was said.",
    ),
    "review-unknown": Message(
        "No record with this id waits for a person to match it.",
        "`yellowbus reviews list` shows those that do.",
    ),
    "run-not-failed": Message(
        "Run {run} did not fail, so there is nothing to take up again.",
        "Start a new import.",
    ),
    "schedule-not-read": Message(
        "The time of day or the school year was not understood. The schedule stays as it was.",
        "Enter the time as hours and minutes, such as 02:00, choose a year, and save.",
    ),
    "schedule-without-schools": Message(
        "No school is assigned to {connection}, so a nightly import would bring nobody.",
        "Assign schools first: Settings > Schools/Programs > Manage Schools, or `yellowbus connection assign`.",
    ),
    "source-fields-lacking": Message(
        "The SIS does not give these fields, which the mapping uses: {fields}. Nothing was read.",
        "Grant the fields again in the SIS, or map the Enroll fields from others.",
    ),
    "student-not-in-sis": Message(
        "The SIS has no student with the id {key}. Nothing was sent.",
        "Enter the id that people see there: the student number.",
    ),
    "first-run": Message(
        "This is the connection's first import, so it waits for a person to look at its plan.",
        "Read the plan, then approve it.",
    ),
    "asked-to-plan": Message(
        "The plan is ready and waits for a yes.",
        "Read the plan, then approve it.",
    ),
    "school-unknown": Message(
        "Enroll has no school with the School Code {school}, so the student was not imported.",
        "Import the schools, or match the school's code under Match Codes.",
    ),
    "school-not-assigned": Message(
        "The student's school is not assigned to this connection, so the student was skipped.",
        "Assign it under Settings > Schools/Programs > Manage Schools > Edit > Primary tab > Sync Connection.",
    ),
    "status-not-chosen": Message(
        "The student's enroll status is not one of those to be added, and the student is not of school age.",
        "Change the filter on the Configure tab if such students should be added.",
    ),
    "grade-not-chosen": Message(
        "The student's grade is not one of those to be added.",
        "Change the filter on the Configure tab if such students should be added.",
    ),
    "repeated-alike": Message(
        "The same record came more than once in this run; it counts once.",
        "Nothing to do.",
    ),
    "repeated-differing": Message(
        "Records with the same id and different content came in one run. None of them was imported.",
        "Correct the SIS or the file so that the id stands once.",
    ),
    "two-records-one-student": Message(
        "Two records of this run belong to one student of Enroll. Neither was imported.",
        "Take one of the two match decisions back.",
    ),
    "same-new-child-twice": Message(
        "Two new records have the same name and birth date. Neither was added.",
        "Say whether they are one child or two.",
    ),
    "changed-since": Message(
        "The student was changed in Enroll after the plan was made, so this row was left out. It stays due.",
        "Nothing to do: the next import plans it again.",
    ),
    # --- undo ---
    "undo-export": Message(
        "Run {run} is an export. What it wrote stands in the SIS, and Yellowbus cannot undo it from here.",
        "Correct it in the SIS, or correct the registration and export it again.",
    ),
    "undo-not-ended": Message(
        "Run {run} has not ended, so there is nothing to undo yet.",
        "Cancel it, or wait for it to end.",
    ),
    "undo-nothing": Message(
        "Run {run} wrote nothing of this into Enroll, so there is nothing to undo.",
        "Choose a run, a record or a value that it wrote; `yellowbus runs log` and the page of the run list them.",
    ),
    "undo-not-kept": Message(
        "What stood in Enroll before run {run} is no longer on record, so it cannot be put back.",
        "Records are kept for a set time. Correct the values in the SIS, or restore a back-up.",
    ),
    "undo-planned": Message(
        "An undo is shown before anything is put back.",
        "Look at it, then apply it: exactly what is shown is put back.",
    ),
    "undo-field-changed": Message(
        "{field} was changed again after that run, so it is left as it is.",
        "To put it back as well, undo first the later run that wrote it, or edit it by hand.",
    ),
    "undo-field-required": Message(
        "{field} had no value before that run, and no student can be without it, so it is left as it is.",
        "Undo the whole record: a student whom the run added is then removed or archived.",
    ),
    "undo-id-taken": Message(
        "The id that the student had before belongs to another student by now, so {field} is left as it is.",
        "Look at both students, and correct the id in the SIS.",
    ),
    "undo-gone": Message(
        "The student is no longer in Enroll, so nothing is put back.",
        "Nothing to do.",
    ),
    "undo-removes": Message(
        "The run added this student and nothing else has touched it: it is removed from Enroll.",
        "While the SIS has the student, the next import adds it again, with a new id in Enroll.",
    ),
    "undo-archives": Message(
        "The run added this student, and a person or another run has touched it since: it is archived, not removed.",
        "It stays archived, whatever the SIS sends, until this undo is undone.",
    ),
    "undo-returns": Message(
        "An undo removed this student: it comes back as it was, with its id.",
        "Nothing to do.",
    ),
    "undo-unarchives": Message(
        "An undo archived this student: it is active again.",
        "Nothing to do.",
    ),
    "undo-came-back": Message(
        "The student was removed and has since been added again, so nothing is put back.",
        "Nothing to do.",
    ),
    "undo-archived-already": Message(
        "The student is archived already.",
        "Nothing to do.",
    ),
    "undo-not-archived": Message(
        "The student is active already.",
        "Nothing to do.",
    ),
    "undo-school-stays": Message(
        "A school that a run added is not taken away: students and connections may name it.",
        "Take it from the connection, and out of the SIS or the file.",
    ),
    "undo-changed-since": Message(
        "The student was changed in Enroll after this undo was planned, so it was left out.",
        "Undo the record again: it is planned anew from what stands there now.",
    ),
    "undo-stays-put": Message(
        "A person decided that {field} stays as it is, and the SIS still has the value that was undone or dismissed.",
        "Nothing to do: as soon as the SIS has another value it is taken again.",
    ),
    "why-put-back": Message(
        "Put back by {who}, who undid run {run}.",
        "Nothing was read from the SIS for it, so there are no steps to show: it is the value from before that run.",
    ),
    "schedule-not-paused": Message(
        "The schedule of {connection} is not paused.",
        "Nothing to do. `yellowbus schedule show` tells when it runs next.",
    ),
    # --- organizations ---
    "organization-none": Message(
        "There is no organization yet.",
        'Make one: `yellowbus org add "Name of the district"`.',
    ),
    "organization-which": Message(
        "There are several organizations, and none was named.",
        "Add --organization with one of: {known}.",
    ),
    "organization-unknown": Message(
        "There is no organization with the short name {slug}.",
        "Known: {known}.",
    ),
    "organization-taken": Message(
        "There is an organization with the short name {slug} already.",
        "Choose a name that differs in more than case and punctuation.",
    ),
    "organization-name": Message(
        "The name of an organization needs at least one letter or digit of the Latin alphabet.",
        "Give it another name; it can be as long as the district's own.",
    ),
    "time-zone-unknown": Message(
        "There is no time zone named {zone}.",
        "Use a name such as America/Los_Angeles, America/Chicago or America/New_York.",
    ),
    "custom-key-refused": Message(
        "{key} cannot be the key of a custom field.",
        "Use small letters, digits, dashes and underlines, beginning with a letter or a digit, as in bus_route.",
    ),
    "custom-type-refused": Message(
        "A custom field cannot be of the type {kind}.",
        "Choose one of: {known}.",
    ),
    "year-none": Message(
        "Organization does not accept Imports at this time: sync import is on for no school year. Nothing was read.",
        "In Enroll, Settings > General, turn on “Enable Sync Import for Year”, or run `yellowbus enroll years enable`.",
    ),
    # --- the command line ---
    "secret-as-argument": Message(
        "{names} is secret, so it is not taken from the command line, where other users and the shell's history see it.",
        "Write it to a file and name that with --secrets-file, or put it into the environment as {variables}.",
    ),
    "setting-not-pair": Message(
        "A setting is written name=value, and one of those given is not.",
        "Write it as in --set server_url=https://sis.example.org.",
    ),
    "secrets-file-not-read": Message(
        "The file of secrets {file} cannot be read: {reason}.",
        "Give a JSON object or lines of the form name=value, readable by this user.",
    ),
    "system-unknown": Message(
        "There is no kind of SIS named {system}.",
        "Known: {known}.",
    ),
    "not-agreed": Message(
        "A connection is made only after its terms are agreed to: records of students will be carried between the SIS"
        " and Enroll. Nothing was saved.",
        "Answer yes when asked, or add --agree.",
    ),
    "check-failed": Message(
        "The check of {connection} failed at “{check}”.",
        "Do what the line of the check says, then run the command again.",
    ),
    "document-not-read": Message(
        "The mapping file {file} cannot be read: {reason}. Nothing was changed.",
        "Give a JSON document as `yellowbus mapping show --json` prints it.",
    ),
    "suggest-fields-unread": Message(
        "Nothing can be suggested: the fields of the SIS could not be read. {reason}",
        "{remedy}",
    ),
    "suggestion-missing": Message(
        "Nothing is suggested for {field} (any more).",
        "Look at the list of suggestions again, or map the field by hand.",
    ),
    "suggestions-none-chosen": Message(
        "No suggestion is chosen, so nothing was changed.",
        "Tick those that you want, or accept all.",
    ),
    "ready-mapping-missing": Message(
        "There is no ready {kind} mapping for {system}.",
        "Write one, or copy that of another connection: `yellowbus mapping copy`.",
    ),
    "examples-missing": Message(
        "No student was named and the connection has no Student Examples.",
        "Name up to five student ids, or set them: `yellowbus connection options --example ID`.",
    ),
    "schedule-missing": Message(
        "{connection} has no schedule for {kind}.",
        "Set one: `yellowbus schedule set`.",
    ),
    "demo-interrupted": Message(
        "The demo stopped before its end: an import is {state}.",
        "Start it again; if it stays, read the lines above.",
    ),
    "database-unreachable": Message(
        "The database does not answer ({reason}).",
        "Check DATABASE_URL and that the database server runs.",
    ),
    # --- the other side: reaching it, signing in, rights ---
    "credentials-refused": Message(
        "{system} refused the credentials. Nothing was imported.",
        "{where}",
    ),
    "address-refused": Message(
        "{host} is a private or local address, and this installation does not connect to those. Nothing was sent.",
        "If the SIS really is on your own network, the person who runs Yellowbus sets"
        " YELLOWBUS_ALLOW_PRIVATE_ADDRESSES=1.",
    ),
    "unreachable": Message(
        "{host} could not be reached ({reason}). Nothing was imported.",
        "Check the address of the SIS and that it is online; the next attempt is automatic.",
    ),
    "address-not-understood": Message(
        "The address of the server is not one that can be opened. Nothing was sent.",
        "Enter it as in the address bar of the browser, such as https://sis.example.org, without a user name.",
    ),
    "address-not-encrypted": Message(
        "The address of {host} begins with http, so credentials and records would travel in the clear."
        " Nothing was sent.",
        "Enter the address that begins with https.",
    ),
    "certificate-refused": Message(
        "The certificate of {host} could not be verified ({reason}). Nothing was sent.",
        "Ask the person who runs the SIS to renew or correct its certificate. If the district issues its own, the"
        " person who runs Yellowbus adds its certificate file.",
    ),
    "timed-out": Message(
        "{host} took too long to answer. What was read so far is kept.",
        "The next attempt is automatic. If it stays, lower the page size that the SIS allows, or run at a quieter hour.",
    ),
    "connection-lost": Message(
        "The connection to {host} broke off before the answer was complete.",
        "The next attempt is automatic.",
    ),
    "answer-lost": Message(
        "{host} was sent a change and its answer did not arrive, so whether the change was made is not known.",
        "Nothing to do: the record is looked up before it is sent again.",
    ),
    "html-not-json": Message(
        "{host} answered with a web page where data was expected ({expected}). The run was stopped.",
        "Check that the address is that of the SIS itself, and not of a portal or a sign-in page.",
    ),
    "redirected": Message(
        "{host} sends requests on to {target} instead of answering them. Nothing was read.",
        "Enter the address that it names, if it is your SIS.",
    ),
    "maintenance": Message(
        "{system} at {host} is down for maintenance. What was read so far is kept.",
        "Nothing to do: the run is tried again later. Schedule it outside the vendor's maintenance hours.",
    ),
    "powerschool-access-level": Message(
        "{host} accepts the credentials but gives the Yellowbus plugin no access to students and schools"
        " (v1 API access level). Nothing was read.",
        "A PowerSchool administrator installs and enables the Yellowbus plugin for PowerSchool 25.2 and later, or sets"
        " the access level to FULL on the plugin's Data Provider Configuration.",
    ),
    "powerschool-grants": Message(
        "The Yellowbus plugin may not read these fields in PowerSchool: {missing}.",
        "A PowerSchool administrator installs the current Yellowbus plugin and enables it again: fields are granted only"
        " when a plugin is enabled.",
    ),
    "powerschool-no-schools": Message(
        "PowerSchool shows no school to the Yellowbus plugin. Nothing can be read.",
        "A PowerSchool administrator checks under District Setup that the district has schools.",
    ),
    "powerschool-terms-missing": Message(
        "{lacking} of {all} schools have no Years & Terms for {year}: {schools}."
        " Students can be read, but not sent to these schools.",
        "A PowerSchool administrator goes to Start Page > School Setup > Years and Terms > Term Setup of each of these"
        " schools. Under Portions, set “1/2” for semester, “1/3” for trimesters, and “1/4” for quarters.",
    ),
    "powerschool-refused": Message(
        "{host} refused a request that its documentation allows (status {status}). The run was stopped.",
        "Check that the address is that of PowerSchool itself. If it is, send the log line to the Yellowbus developers.",
    ),
    "powerschool-school-terms": Message(
        "{school} has no Years & Terms for {year} in PowerSchool, so no student can be sent to it for that year.",
        "A PowerSchool administrator goes to Start Page > School Setup > Years and Terms > Term Setup of {school}."
        " Under Portions, set “1/2” for semester, “1/3” for trimesters, and “1/4” for quarters.",
    ),
    "powerschool-next-terms": Message(
        "{lacking} of {all} schools have no Years & Terms for {year} yet: {schools}."
        " Registrations for that year cannot be sent to these schools.",
        "Before registrations for {year} are sent, a PowerSchool administrator goes to Start Page > School Setup > Years"
        " and Terms > Term Setup of each. Under Portions, set “1/2” for semester, “1/3” for trimesters, and “1/4” for"
        " quarters.",
    ),
    "powerschool-write-level": Message(
        "{host} lets the Yellowbus plugin read students and not write them (v1 API access level). Nothing was written.",
        "A PowerSchool administrator sets the access level to FULL on the plugin's Data Provider Configuration, or"
        " installs and enables the Yellowbus plugin for PowerSchool 25.2 and later.",
    ),
    "powerschool-write-grants": Message(
        "The Yellowbus plugin may not change these fields in PowerSchool: {missing}.",
        "A PowerSchool administrator installs the current Yellowbus plugin and enables it again: fields are granted only"
        " when a plugin is enabled.",
    ),
    # --- what a SIS says of one write ---
    "write-answer-unreadable": Message(
        "{host} answered a change with something that cannot be read, so whether the change was made is not known.",
        "Nothing to do: the record is looked up before it is sent again.",
    ),
    "write-refused": Message(
        "{system} did not take the record. It named: {named}.",
        "Correct what it names, in Enroll or in the mapping, then send the record again.",
    ),
    "record-locked": Message(
        "{system} has the record locked; most likely someone has it open there. It was not changed.",
        "Send it again when nobody has it open.",
    ),
    "write-required": Message(
        "{system} does not take the record without these: {fields}. Nothing was sent.",
        "Fill it in Enroll, or map it, then send the record again.",
    ),
    "write-group-incomplete": Message(
        "{system} takes {group} whole or not at all, and this is blank: {fields}. Nothing was sent.",
        "Fill what is blank in Enroll, or map it, then send the record again.",
    ),
    "write-not-taken": Message(
        "{system} does not take {fields} here: it cannot be written at all, or only when a student is created."
        " Nothing was sent.",
        "Under Configure Mapping choose “only on create” for it, or Do Not Map.",
    ),
    "write-value-unknown": Message(
        "{system} takes another value for {field}: {expected}. Nothing was sent.",
        "Match the value under Match Codes, then send the record again.",
    ),
    "write-value-twice": Message(
        "Two different values were to be written to one place in {system} ({fields}).",
        "Map one of the two fields under Contact Mapping, not both.",
    ),
    "contact-gone": Message(
        "{system} no longer has this contact, or a part of it, for the student.",
        "Send the record again: its contacts are looked up anew.",
    ),
    "write-warned": Message(
        "{system} wrote the record and warns about {field} ({warning}).",
        "Look at the record in {system}.",
    ),
    "write-right-lacking": Message(
        "{system} wrote the record without {field}: the plugin lacks the right {right}.",
        "An administrator of {system} grants {right} and enables the plugin again; then send the record again.",
    ),
    "token-address": Message(
        "{host} has no address that gives out access tokens where one was looked for. Nothing was read.",
        "Check the OneRoster URL; if the provider names a token address of its own, enter that too.",
    ),
    "scopes-refused": Message(
        "{host} does not give these OneRoster scopes: {scopes}. Nothing was read.",
        "Ask the person who runs the provider to allow them for this consumer.",
    ),
    "oneroster-address": Message(
        "{host} has no OneRoster {version} with {what} at this address. Nothing was read.",
        "Check the OneRoster URL and the version; enter the address that the provider shows beside the consumer ID.",
    ),
    "oneroster-right": Message(
        "{host} accepts the credentials and does not let them read {what} through OneRoster.",
        "{where}",
    ),
    "oneroster-refused": Message(
        "{host} refused a OneRoster request for {what} that the standard allows (status {status}, {minor}). The run was"
        " stopped.",
        "Check that the address is the OneRoster provider's; if it is, send the log line to the Yellowbus developers.",
    ),
    "oneroster-no-students": Message(
        "{host} shows no student through OneRoster. Providers such as Aeries list only students with a current class.",
        "Nothing to do before the school year has begun. After that, look at the class schedules in the SIS.",
    ),
    "offset-ignored": Message(
        "{host} answers every page of {what} with the first one, so the list cannot be read. The run was stopped.",
        "Tell the provider that its OneRoster service does not regard `offset`.",
    ),
    "order-changes": Message(
        "{host} gave {what} in another order each time, so that some may not have been seen. Nothing was changed.",
        "The next attempt is automatic. If it stays, run at a quieter hour.",
    ),
    "list-endless": Message(
        "{host} sends {what} without end. The run was stopped.",
        "Tell the provider that its list does not end.",
    ),
    "setting-not-understood": Message(
        "{label} cannot be “{value}”. Nothing was sent.",
        "Enter one of: {choices}.",
    ),
    "aeries-address": Message(
        "{host} has no Aeries API at this address (status {status}). Nothing was read.",
        "Enter the Aeries URL as the sign-in page shows it, without its last part, such as https://sis.example.org/aeries.",
    ),
    "aeries-certificate-form": Message(
        "The certificate has {length} characters; Aeries makes them of 32 letters and digits. Nothing was sent.",
        "In Aeries open API Security, select “Display Certificate Details” and copy the certificate whole.",
    ),
    "aeries-right": Message(
        "The certificate is accepted, and its record in Aeries lacks the permission {right} for {area}.",
        "In Aeries open API Security, choose the product of this connection and select {right} for {area}.",
    ),
    "aeries-year": Message(
        "Aeries does not open the database year {asked} and would silently give {opened} instead. Nothing was read.",
        "Enter one of the years that Aeries has: {available}; or leave the database year blank for the current one.",
    ),
    "aeries-no-schools": Message(
        "Aeries shows no school but the district itself. Nothing can be read.",
        "In Aeries look at the list of schools, and check that the URL is that of the right district.",
    ),
    "aeries-refused": Message(
        "{host} refused a request that its documentation allows (status {status}). The run was stopped.",
        "Check that the address is that of Aeries itself. If it is, send the log line to the Yellowbus developers.",
    ),
    "aeries-sourced-id": Message(
        "Aeries gives students OneRoster ids other than “{prefix}” and the Student ID, so none can be looked up.",
        "Enter the beginning of the ids as Student id prefix; Aeries shows it under OneRoster in School Options.",
    ),
    "qmlativ-profile": Message(
        "Line {line} of the {layer}: {says} The connection was not opened.",
        "Correct the line and upload the file again; `yellowbus qmlativ profile check` lists everything that is wrong.",
    ),
    "qmlativ-number": Message(
        "{box} is not a whole number from {least} to {most}. Nothing was read.",
        "Correct it in the connection, or leave it blank.",
    ),
    "qmlativ-no-token-address": Message(
        "{host} knows no address where an access token can be asked for. Nothing was read.",
        "Check the API base URL: it ends in API. If the vendor of the integration has a token address of its own, set"
        " token.url in an override file.",
    ),
    "qmlativ-no-api": Message(
        "{host} accepts the credentials but answers under none of {roots}. Nothing was read.",
        "Check the API base URL. If it is right, ask Skyward under which path the Custom API answers and set paths.roots"
        " in an override file.",
    ),
    "qmlativ-access": Message(
        "{host} refuses the integration: it is not active, outside its dates, or has not been given this entity.",
        "In Qmlativ open Administrative Access > API > Integration and check the Integration Access: Is Active, Effective"
        " Date, Expiration Date and Custom API Entities.",
    ),
    "qmlativ-entity": Message(
        "The integration sees no district with the Entity ID {entity}. It sees: {known}.",
        "Enter one of these as the Entity ID of the connection, or add the entity to the Integration Access.",
    ),
    "qmlativ-year": Message(
        "Qmlativ has no school year {year}. It has: {known}.",
        "Choose another school year, or let a Qmlativ administrator create this one.",
    ),
    "qmlativ-year-not-set-up": Message(
        "The school year {year} is not set up in Qmlativ: it has no {lacking}.",
        "A Qmlativ administrator clones the set-up of the year before into it. Then import again.",
    ),
    "qmlativ-object": Message(
        "The integration may not read {object} at {host}, or the instance does not have it.",
        "Ask the vendor of the integration to have it granted. If it is not needed, switch it off in an override file;"
        " the connection check suggests one.",
    ),
    "qmlativ-fields": Message(
        "{object} does not give these fields: {fields}. The run was stopped, so that they do not look blank.",
        "Ask the vendor of the integration to have them granted, or take them out of the mapping. The connection check"
        " suggests an override file that does without them.",
    ),
    "qmlativ-parameter": Message(
        "{object} can now be read only with the parameter {parameter}.",
        "Run the connection check and upload the override file that it suggests.",
    ),
    "qmlativ-differs": Message(
        "This instance differs from what is usual: {changed}.",
        "Upload the override file that the connection check suggests.",
    ),
    "qmlativ-refused": Message(
        "{host} refused a question about {object} (status {status}) and did not say why. The run was stopped.",
        "Run the connection check: it finds what the instance does not take, and suggests an override file.",
    ),
    "qmlativ-endless": Message(
        "The list {object} of {host} leads back to a page already read, or has more than {pages} pages. The run was"
        " stopped, so that no one is left out.",
        "Run again. If it stays, raise lists.max_pages in an override file, or tell Skyward.",
    ),
    "qmlativ-expiry-date": Message(
        "The Expiration Date of the connection is not a date.",
        "Enter it as YYYY-MM-DD, such as 2027-06-30, or leave it blank.",
    ),
    "profile-not-read": Message(
        "The file {file} cannot be read: {reason}.",
        "Give an override file (TOML), or the vendor's permission file (XML), as text in UTF-8.",
    ),
    "doctor-missing": Message(
        "{connection} is a connection to {system}, which has no doctor.",
        "Use `yellowbus connection check`.",
    ),
    "qmlativ-access-ends": Message(
        "The Integration Access ends on {day}, in {days} days. After that nothing can be read.",
        "A Qmlativ administrator moves the Expiration Date of the Integration Access; enter the new date here too.",
    ),
    "qmlativ-access-ended": Message(
        "The Integration Access ended on {day}.",
        "A Qmlativ administrator moves the Expiration Date of the Integration Access; enter the new date here too.",
    ),
    "count-mismatch": Message(
        "{host} counts {count} records and gave out {read}, also the second time. The run was stopped, so that no one"
        " who was left out looks like a student who left.",
        "Run again at a quieter hour. If it stays, send the log line to the SIS vendor.",
    ),
    "page-short": Message(
        "{host} gave {got} of {size} records on page {page}, with more pages to follow. The run was stopped, so that no"
        " one who was left out looks like a student who left.",
        "Run again. If it stays, send the log line to the SIS vendor.",
    ),
    "list-changed": Message(
        "The list {what} changed while it was read: {read} of {count} rows came.",
        "Nothing to do: it is read again.",
    ),
    "record-without-id": Message(
        "A record of {system} has no id, so it cannot be told whose it is.",
        "Ask the person who runs {system} to look for a record without a number.",
    ),
    "record-unreadable": Message(
        "A record of {system} is damaged and cannot be read.",
        "Ask the person who runs {system} to look at the record; the others were read.",
    ),
    "too-many-requests": Message(
        "{host} asked for a slower pace.",
        "Nothing to do: the run goes on after the pause that {host} named.",
    ),
    "server-error": Message(
        "{host} answered with an internal error (status {status}).",
        "Nothing to do now: the request is tried again. If it stays, tell the SIS vendor the time and the page.",
    ),
    "reply-not-understood": Message(
        "{host} sent a reply that is not what its documentation promises ({expected}). The run was stopped.",
        "Check the address of the connection; if it is right, send the log line to the Yellowbus developers.",
    ),
    "reply-too-large": Message(
        "{host} sent a reply larger than {limit} bytes. The run was stopped.",
        "Lower the page size of the connection.",
    ),
    # --- files: the file as a whole ---
    "file-missing": Message(
        "There is no file {file}. Nothing was imported.",
        "Check the path in the connection, and that the export of the SIS has run.",
    ),
    "file-not-readable": Message(
        "The file {file} cannot be read ({reason}). Nothing was imported.",
        "Give the user that runs Yellowbus the right to read it.",
    ),
    "file-empty": Message(
        "The file {file} is empty. Nothing was imported.",
        "Run the export of the SIS again; a file without its first row is never taken as “no students”.",
    ),
    "file-without-rows": Message(
        "The file {file} has headings but not one row below them. Nothing was imported.",
        "Run the export of the SIS again; a file without rows is never taken as “no students”.",
    ),
    "file-not-utf8": Message(
        "The file {file} is not UTF-8 text: line {line} cannot be read. Nothing was imported.",
        "Save or export the file as UTF-8 (“CSV UTF-8” in a spreadsheet).",
    ),
    "file-nul-byte": Message(
        "Line {line} of the file {file} holds a NUL byte, which no text file has. Nothing was imported.",
        "Export the file again; if it comes by a transfer, transfer it again.",
    ),
    "file-line-too-long": Message(
        "Line {line} of the file {file} is longer than a million bytes. Nothing was imported.",
        "Check that this is the right file and that its rows end with line ends.",
    ),
    "file-delimiter": Message(
        "The first row of the file {file} has no {delimiter} in it. Nothing was imported.",
        "Check the delimiter of the connection, and that the first row of the file holds its headings.",
    ),
    "file-heading-unreadable": Message(
        "The first row of the file {file} is not a row of headings. Nothing was imported.",
        "Check its quotes and its line ends (the ends must be those of Windows or Unix).",
    ),
    "file-heading-blank": Message(
        "The first row of the file {file} has no heading for column {columns}. Nothing was imported.",
        "Give each column a heading, or leave the column out of the export.",
    ),
    "file-heading-twice": Message(
        "Columns {columns} of the file {file} do not have headings of their own. Nothing was imported.",
        "Give each column a heading that no other column has; case and blanks around it make no difference.",
    ),
    "file-column-missing": Message(
        "The first row of the file {file} has no column {column}. Nothing was imported.",
        "Check the name in the connection, and that the first row of the file holds its headings.",
    ),
    "file-changed": Message(
        "The file {file} was changed while it was being read. The run was stopped.",
        "Start the import again once the export has finished writing the file.",
    ),
    "school-row-unreadable": Message(
        "Row {row} of the schools file {file} cannot be used: {reason} Nothing was imported.",
        "Correct the row; every school of the file must be readable, so that none goes missing unseen.",
    ),
    # --- files: one row ---
    "row-unreadable": Message(
        "The quotes or line ends of this row do not fit together, so that its columns cannot be told apart.",
        "Correct the row in the SIS or in its export: a quote inside a quoted value is written twice.",
    ),
    "row-ragged": Message(
        "This row has {columns} columns; the headings are {expected}.",
        "Correct the row in the SIS or in its export: a value that holds the delimiter stands in quotes.",
    ),
    "id-number-format": Message(
        "The {column} of this row was turned into a number such as 1.23E+05, so the real id is lost.",
        "Export the file again and do not save it from a spreadsheet, or format the column as text first.",
    ),
    "id-repeated": Message(
        "More than one record has this {column}, and they differ. None of them was used.",
        "Correct the student in the SIS or in its export, so that there is one record.",
    ),
    # --- fields and values of Enroll ---
    "field-unknown": Message("There is no Enroll field named “{field}”.", "{advice}"),
    "value-too-long": Message(
        "{field} takes at most {limit} characters, and the value is longer. The field was left as it is.",
        "Shorten the value in the SIS, or map a part of it with the transformation Split.",
    ),
    "value-not-text": Message(
        "{field} holds characters that cannot be stored. The field was left as it is.",
        "Enter the value again in the SIS; it was probably pasted from another program.",
    ),
    "value-not-a-date": Message(
        "{field} takes a real date written YYYY-MM-DD. The field was left as it is.",
        "Use the transformation Date with the format that the SIS writes, or correct the date in the SIS.",
    ),
    "value-not-a-year": Message(
        "{field} takes the first year of the school year, in four digits. The field was left as it is.",
        "Use the transformation Enroll School Year or Value Input.",
    ),
    "value-not-a-boolean": Message(
        "{field} takes yes or no. The field was left as it is.",
        "Use Match Codes to say which values of the SIS mean true and which mean false.",
    ),
    "value-not-an-integer": Message(
        "{field} takes a whole number. The field was left as it is.",
        "Correct the value in the SIS, or choose another source field.",
    ),
    "value-not-an-email": Message(
        "{field} takes one e-mail address. The field was left as it is.",
        "Correct the address in the SIS; where it holds several, use the transformation Split.",
    ),
    "value-not-a-phone": Message(
        "{field} takes one phone number of 7 to 15 digits. The field was left as it is.",
        "Correct the number in the SIS; where it holds words, use If Then Else to leave them out.",
    ),
    "value-not-a-code": Message(
        "{field} takes a code of the set “{codes}”, and the value is not one of them."
        " The field was left as it is.",
        "Use Match Codes to say which code of Enroll stands for the value; Field Codes lists both sides.",
    ),
    # --- mapping: one value of one record ---
    "required-blank": Message(
        "{field} is required, and its Mapped Value is blank. The record was not imported.",
        "Enter the value in the SIS, or map another source field; Pick takes the first of several that is not blank.",
    ),
    "bad-date": Message(
        "{field} expects a date written {formats}, and the value is not a possible one. Nothing was guessed.",
        "Correct the date in the SIS, or add the format it uses to the transformation Date.",
    ),
    "unmatched-code": Message(
        "{field} has a value that its Match Codes table does not list. The field was left as it is.",
        "Add the value to the table, or choose there what becomes of values that are not listed.",
    ),
    "phone-not-ten-digits": Message(
        "{field} has a phone number that is not one of ten digits. It was treated as the mapping says.",
        "Correct the number in the SIS, or choose in Phone Number what becomes of such numbers.",
    ),
    "nothing-left": Message(
        "{field} has a value without a single letter, so that Transliterate leaves nothing of it.",
        "Correct the value in the SIS.",
    ),
    "not-a-number": Message(
        "{field} compares by size, and one of the two values is not a number. The field was left as it is.",
        "Correct the value in the SIS, or let another condition of If Then Else come first.",
    ),
    "not-a-date": Message(
        "{field} compares dates, and one of the two values is not written YYYY-MM-DD. The field was left as it is.",
        "In the condition of If Then Else, use the transformation Date on the source field first.",
    ),
    "contacts-left-over": Message(
        "More contacts fit the {group} slots than there are places. Left out: {count} (SIS contacts {contacts}).",
        "Nothing to do if these may be left out; else map another slot, or change the order of the contacts in the SIS.",
    ),
    # --- mapping: before any run ---
    "required-unmapped": Message(
        "{field} is required and has no mapping.",
        "On Field Mapping choose a source field or a transformation for it. {advice}",
    ),
    "source-missing": Message("{field} has a mapping but no source field.", "Choose the source field."),
    "source-unknown": Message(
        "{field} takes its value from “{source}”, which the SIS does not have.",
        "Choose another source field. {advice}",
    ),
    "transformation-missing": Message(
        "{field} has the Mapping Type Transformation, but no transformation is set.",
        "Open Configure and choose one, or change the Mapping Type to Direct.",
    ),
    "direct-with-steps": Message(
        "{field} has the Mapping Type Direct and transformations at once.",
        "Change the Mapping Type to Transformation, or remove the transformations.",
    ),
    "overwrite-refused": Message(
        "{field} tells who the student is, so Overwrite cannot be set on it.",
        "Clear the check box Overwrite of this field.",
    ),
    "target-twice": Message(
        "{field} is mapped more than once.", "Keep one mapping of the field, remove the others."
    ),
    "slot-without-id": Message(
        "The contact slot {slot} does not say which contact field is the SIS contact id.",
        "Choose it: it keeps each contact in its slot from one night to the next.",
    ),
    "slot-without-relationship": Message(
        "The contact slot {slot} asks for certain relationships, but not in which contact field they are.",
        "Choose the contact field that holds the relationship.",
    ),
    "slot-twice": Message(
        "The contact slot {slot} is set up more than once.", "Keep one of them, remove the others."
    ),
    "codes-empty": Message(
        "{field} uses Match Codes without a table.",
        "Open Configure and enter the codes, or import them as CSV.",
    ),
    "codes-twice": Message(
        "{field} has a Match Codes table that lists a source value more than once: {codes}.",
        "Keep one line for each source value. Case and blanks at the ends do not count.",
    ),
    "argument-missing": Message("{field}: {title} needs “{argument}”.", "Open Configure and fill it in."),
    "argument-range": Message(
        "{field}: “{argument}” of {title} must be {range}.",
        "Open Configure and change it.",
    ),
    "date-format-unknown": Message(
        "{field}: “{format}” is not a date format that can be used here.",
        "Name a year, a month and a day once each, as in MM/DD/YYYY, M/D/YYYY or YYYYMMDD.",
    ),
    # --- mapping: documents and tables ---
    "codes-csv": Message(
        "Line {line} of the Match Codes file cannot be used: {reason}. The table is as it was.",
        "Correct the file and import it again; CSV export of any table shows the form.",
    ),
    "codes-line-short": Message(
        "There must be two columns.", "Write the SIS value, a comma, the Enroll value."
    ),
    "codes-line-blank": Message(
        "The SIS value is blank.", "What a blank becomes is chosen on the panel, not in the table."
    ),
    "codes-line-long": Message("A value is longer than {most} characters.", "Shorten it; codes are short."),
    "codes-line-twice": Message(
        "{code} stands on line {first} already.", "Keep one line. Case and blanks at the ends do not count."
    ),
    "codes-line-target": Message(
        "“{value}” is not a value of Enroll.", "Choose one of Field Codes, or leave it blank."
    ),
    "contact-places-full": Message(
        "Enroll has {count} such places, and all of them are mapped already.",
        "Take one away first, or change which contacts it takes.",
    ),
    "codes-file": Message(
        "The file cannot be used: {reason}. The table is as it was.",
        "Save it as CSV UTF-8, with the columns SIS value and Enroll value; the download shows the form.",
    ),
    "mapping-newer": Message(
        "The mapping was written by a newer Yellowbus (format {format}; this one reads to {known}). Nothing was changed.",
        "Bring this installation up to date, then import the mapping again.",
    ),
    "mapping-unknown-key": Message(
        "The mapping has something this Yellowbus does not know at {path}. Nothing was changed.",
        "Remove it or correct its name. Known there: {known}.",
    ),
    "mapping-wrong-value": Message(
        "The mapping is not understood at {path}: it must be {expected}. Nothing was changed.",
        "Correct the document there.",
    ),
    "mapping-too-deep": Message(
        "The mapping has too many transformations inside one another, at {path}. Nothing was changed.",
        "Use fewer levels; steps can follow one another instead.",
    ),
    # --- a person decides: who a record is, and what looks like an accident ---
    "review-alike": Message(
        "Enroll knows a student of like name and birth date.",
        "Say which student it is, or that it is a new one: the page Who is who shows both side by side.",
    ),
    "review-namesake-other-id": Message(
        "Same first name, last name and birth date; district ids differ.",
        "Say whether this is the student or another child.",
    ),
    "review-namesake-without-id": Message(
        "Same first name, last name and birth date; only one side has a district id.",
        "Say whether this is the student or another child.",
    ),
    "review-namesake-archived": Message(
        "Same first name, last name and birth date as a student that is archived in Enroll.",
        "Say whether this is the student, who is back, or another child.",
    ),
    "review-namesake-in-run": Message(
        "Same first name, last name and birth date as another record of this import, which is new to Enroll.",
        "If it is one child with two records, merge them in the SIS; otherwise say that it is another child.",
    ),
    "review-id-of-another": Message(
        "Same district id, but last name and birth date both differ.",
        "Say whether this is the student; if not, correct the district id in the SIS or in Enroll.",
    ),
    "review-id-taken": Message(
        "A person said that this record is not the student who has its district id; two cannot share one.",
        "Correct the district id in the SIS or in Enroll, or say that it is this student.",
    ),
    "hold-clears": Message(
        "{field} would be cleared for {count} of the {of} students who have it: over {threshold} percent."
        " These changes wait; everything else goes on.",
        "Look at a few of them in the SIS. Confirm the hold if they are right, dismiss it if not.",
    ),
    "hold-moves": Message(
        "{count} of {of} students would change school or grade: over {threshold} percent."
        " The changes of {field} wait; everything else goes on.",
        "After the rollover of the SIS this is expected: confirm the hold. Otherwise check the SIS first.",
    ),
    "hold-updates": Message(
        "{field} would change for {count} of the {of} students who have it: over {threshold} percent."
        " These changes wait; everything else goes on.",
        "Often a format, a mapping or a code table changed. Confirm the hold if the new values are right.",
    ),
    "read-shrank": Message(
        "The SIS sent {now} records, after {before} at the last good run: over {threshold} percent fewer."
        " Nothing was changed.",
        "Check the SIS and the rights of the connection. If so many students really left, confirm the run.",
    ),
    # --- what is kept, and who may release ---
    "keep-days-refused": Message(
        "Between {least} and {most} days can be kept, so nothing was changed.",
        "Name a number of days within these bounds.",
    ),
    "keep-days-order": Message(
        "The values of records would be kept {values} days and their runs only {runs}, so nothing was changed.",
        "Keep runs at least as long as the values of their records.",
    ),
    "four-eyes": Message(
        "Held values of this run are released by a second person, since {who} {did}. Nothing was released.",
        "Ask another administrator to look at them. The switch is in Settings > General.",
    ),
    "hold-part": Message(
        "{field} of {part}: a part that a person decided apart from the rest.", "Nothing to do."
    ),
    "hold-part-none": Message(
        "None of the records chosen waits with such a value, so nothing was decided.",
        "Choose records or a school with values that wait; the filter “Waits for a person” lists them.",
    ),
    # --- notices ---
    "notice-failed": Message("The {what} of {connection} fails. {because}", "{remedy}"),
    "notice-all-failed": Message(
        "The {what} of {connection} ended, and every record of it failed.",
        "Open the run: it lists the causes with what to do.",
    ),
    "notice-held": Message(
        "A plan of {connection} ({what}) waits for a person. {because}",
        "Look at the plan, then apply or cancel it.",
    ),
    "notice-held-values": Message(
        "{count} of {connection} ({what}) wait for a person; the rest was written.",
        "Open the run and release or dismiss them.",
    ),
    "notice-paused": Message(
        "The schedule of {connection} ({what}) is paused: {because}",
        "Nothing runs at night until a person turns it on again.",
    ),
    "notice-late": Message(
        "The {what} of {connection} that was due on {night} did not start.",
        "See with `yellowbus doctor` that a worker is alive. A night missed by less than six hours is made up by itself;"
        " for an older one plan an import now.",
    ),
    "notice-unusual": Message(
        "The {what} of {connection} read {read} records; the last good ones read about {usual}.",
        "See in the SIS whether that is right. Nobody is deleted in Enroll because of it.",
    ),
    "notice-expiring": Message(
        "The access of {connection} to the SIS ends on {day}, in {left}.",
        "Have it renewed in the SIS, then enter the new date or the new credentials in the connection.",
    ),
    "notice-expired": Message(
        "The access of {connection} to the SIS ended on {day}.",
        "Have it renewed in the SIS, then enter the new date or the new credentials in the connection.",
    ),
    "notice-recovered": Message(
        "The {what} of {connection} works again. It had failed since {since}.", "Nothing to do."
    ),
    "notice-kind-unknown": Message(
        "There is no kind of notice called {kind}. There are: {known}.", "Choose one of these."
    ),
    # --- why ---
    "why-no-run": Message(
        "No import that is still on record wrote this value.",
        "It was there before the first import, was copied from Production, or its import is older than the log is kept.",
    ),
    "why-changed-since": Message(
        "The value was changed again after that import, by something that is no import.",
        "Look at the Audit Events of that time.",
    ),
    "why-not-kept": Message(
        "The record of that import is not kept in a form that can be mapped again.",
        "The values before and after are those of the Sync Log.",
    ),
    "why-not-mapped": Message(
        "The mapping of that import does not name this field by itself.",
        "It was written with a contact slot that passed to another person.",
    ),
    # --- registrations ---
    "registration-unknown": Message(
        "There is no registration {registration} in this instance.",
        "Check the id; `yellowbus registrations list` shows those there are.",
    ),
    "registration-not-json": Message(
        "The line is not JSON.",
        "Write one JSON object a line, in UTF-8.",
    ),
    "registration-not-object": Message(
        "The line is not a JSON object.",
        "Write one object with id, school, grade, year, type, status and answers.",
    ),
    "registration-key-unknown": Message(
        "“{name}” is not a part of a registration.",
        "Known are: {known}. Fields of the form belong into answers.",
    ),
    "registration-lacks": Message(
        "“{name}” is missing.",
        "Fill it in and import the file again.",
    ),
    "registration-word-unknown": Message(
        "“{name}” has a value that is not known here.",
        "Use one of: {known}.",
    ),
    "registration-student-unknown": Message(
        "Enroll has no student with the district id given in “student”.",
        "Leave “student” out for a child who is new to Enroll, or correct the id.",
    ),
    "registration-id": Message(
        "The id is not a text of at most 64 characters.",
        "Give each registration the id that it has in the enrollment platform, as a text.",
    ),
    "registration-year": Message(
        "The year is not a starting year such as 2026.",
        "Give the year in which the school year starts, as a number.",
    ),
    "registration-answers": Message(
        "“answers” is not an object of field names and texts.",
        'Write the answers as {{"students.fname": "…"}}; the names are those of the Enroll fields.',
    ),
    "registration-repeated": Message(
        "The id stands already in line {line}.",
        "Keep one of the two.",
    ),
    "registration-second-active": Message(
        "The student has another active registration for {year}.",
        "Withdraw one of the two, or mark it as superseded.",
    ),
    "registration-without-name": Message(
        "Registration {registration} lacks the child's first name, last name or date of birth.",
        "Complete the form. Without them the child cannot be looked for in the SIS, and might be made twice.",
    ),
    "registration-not-approved": Message(
        "The registration is {status}, and only an approved one is exported.",
        "Approve it first; then sync it.",
    ),
    "registration-without-connection": Message(
        "The school {school} has no Sync Connection, so its registrations go nowhere.",
        "Set its Sync Connection: Settings > Schools/Programs > Manage Schools > the school > Primary.",
    ),
    "registration-gone": Message(
        "This registration is not there.", "Go back to Registrations; it may belong to the other site."
    ),
    "entry-date-not-read": Message(
        "The entry date cannot be read, so nothing was changed.",
        "Choose a day, or leave it blank for the rule.",
    ),
    "no-registration-chosen": Message(
        "No registration is chosen, so nothing was ordered.",
        "Tick the approved registrations to send, then Sync to SIS.",
    ),
    # --- exporting: orders ---
    "export-not-offered": Message(
        "{system} is a kind of SIS that Yellowbus cannot write into.",
        "Choose a connection to another SIS, or carry the registrations over by file.",
    ),
    "export-sandbox-to-production": Message(
        "{connection} leads from a Sandbox of Enroll to a production SIS, so nothing is exported.",
        "If that is meant, who manages connections allows it on the Configure tab of Export Student Mapping, or with"
        " `yellowbus export-options {connection}"
        " --allow-sandbox`. If the SIS is a test server, say so: `--sis test`.",
    ),
    "export-first-run": Message(
        "This is the connection's first export, so it waits for a person to look at its plan.",
        "Read the plan, then approve it.",
    ),
    "export-name-not-typed": Message(
        "The name that was typed is not the student's, so nothing was sent.",
        "Type the student's name as it is shown.",
    ),
    "target-unknown": Message(
        "The SIS has no field named “{field}” that can be written.",
        "{advice}",
    ),
    "enroll-source-unknown": Message(
        "{field} takes its value from “{source}”, which Enroll does not have.",
        "Choose another Enroll field. {advice}",
    ),
    # --- exporting: what keeps a registration from going ---
    "export-not-approved": Message(
        "The registration is not approved, so it was not exported.",
        "Approve it first.",
    ),
    "withdrawn-after-sync": Message(
        "The registration was withdrawn after it had been exported. The student in the SIS was left as it is.",
        "Tell the school; in the SIS staff transfer the student out or take the pre-registration back.",
    ),
    "export-other-year": Message(
        "The registration is for another school year than this export.",
        "Export that year.",
    ),
    "export-school-elsewhere": Message(
        "The school of the registration is not assigned to this connection, so it was not exported.",
        "Assign it under Settings > Schools/Programs > Manage Schools > Edit > Primary tab > Sync Connection.",
    ),
    "export-school-unknown": Message(
        "The SIS has no school with the School Code {school}.",
        "Correct the School Code in Enroll, or assign the school to another connection.",
    ),
    "export-year-without-days": Message(
        "{school} has no first and last day for {year} in the SIS, so nobody can be enrolled there.",
        "Have the dates of the school year set in the SIS.",
    ),
    "export-grade-not-offered": Message(
        "{school} does not offer grade {grade} in the SIS.",
        "Correct the grade of the registration or the school's grades in the SIS.",
    ),
    "export-entry-date": Message(
        "The entry date lies outside of the school year of {school} ({first} to {last}).",
        "Choose a day within it, or none: then it is the first day of school, or today once that is past.",
    ),
    "export-required-blank": Message(
        "{field} is required by the SIS, and its Mapped Value is blank. The record was not exported.",
        "Complete the form, or map another Enroll field; Pick takes the first of several that is not blank.",
    ),
    "export-value-too-long": Message(
        "{field} takes at most {limit} characters, and the value is longer. The field was not sent.",
        "Shorten the value in Enroll, or map a part of it with the transformation Split.",
    ),
    "export-group-half": Message(
        "{group} was not sent, since it goes only as a whole and lacks: {fields}.",
        "Complete it in the form, or take it out of the mapping.",
    ),
    "export-group-stays": Message(
        "{group} is blank in Enroll and stays as it is in the SIS, which does not let it be taken away.",
        "Take it away in the SIS by hand, or fill it in the form.",
    ),
    # --- exporting: who the child is in the SIS ---
    "export-candidate": Message(
        "Student {key} ({standing}) has the same names and birth date.",
        "Say whether that is the child: then it is updated, otherwise a new student is made.",
    ),
    "export-several": Message(
        "Several students of the SIS have the same names and birth date; one is {key} ({standing}).",
        "If they are one child, merge them in the SIS; otherwise say which of them it is.",
    ),
    "export-of-another": Message(
        "Student {key} ({standing}) has the same names and birth date, and belongs to another registration or"
        " student of Enroll.",
        "If one child was registered twice, withdraw one of the two; otherwise say that it is another child.",
    ),
    "export-near": Message(
        "Student {key} ({standing}) was born on the same day and has nearly the same names.",
        "Say whether that is the child.",
    ),
    "export-twin": Message(
        "Student {key} ({standing}) has the same last name and birth date, and another first name.",
        "Say whether that is the child under another first name, or another child such as a twin.",
    ),
    "export-namesake": Message(
        "Student {key} ({standing}) has the same names and another birth date.",
        "Say whether that is the child with a wrong birth date, or another child.",
    ),
    "export-id-gone": Message(
        "The SIS has no student with the id that Enroll knows of this child.",
        "Find the student in the SIS: it may be merged or deleted. Then say which student the child is, or"
        " that it is new.",
    ),
    "export-ids-disagree": Message(
        "The two ids that Enroll knows of this child are those of two students; one is {key} ({standing}).",
        "Correct the ids in Enroll, or say which student the child is.",
    ),
    "export-id-of-another": Message(
        "Student {key} ({standing}) has the child's id, but last name and birth date both differ.",
        "Say whether that is the child; if not, correct the id in Enroll.",
    ),
    "export-decided-gone": Message(
        "The student of the SIS that a person chose for this child is no longer found.",
        "Look at it again and choose another.",
    ),
    "export-unknown-unclear": Message(
        "A write had no answer, and now student {key} ({standing}) is like the child. Nothing more was sent.",
        "Look at the student in the SIS and say whether it is the child.",
    ),
    "export-same-child-twice": Message(
        "Registration {registration} would make the same child in this export. Only that one does.",
        "Withdraw one of the two, or say that they are two children.",
    ),
    "export-near-in-run": Message(
        "Registration {registration} of this export has nearly the same names and the same birth date. Only"
        " that one makes a student.",
        "Withdraw one of the two, or say that they are two children.",
    ),
    "export-returning": Message(
        "The SIS has the child as student {key}, who is {standing}.",
        "Choose: update the data only, or enroll again.",
    ),
    "export-manual-enrollment": Message(
        "Student {key} is {standing} and needs manual enrollment: this SIS does not enroll a student again"
        " through its API.",
        "Have staff enroll the student in the SIS, then export again; or choose to update the data only.",
    ),
    # --- exporting: writing ---
    "export-changed-since": Message(
        "The registration or the student in the SIS was changed after the plan was made, so this row was left"
        " out. It stays due.",
        "Nothing to do: the next export plans it again.",
    ),
    "export-outcome-unknown": Message(
        "The SIS was sent this student several times without an answer, and does not show it. It is not sent"
        " again in this run.",
        "Ask the administrator of the SIS what its log says of it, then run again what failed.",
    ),
    "export-in-flight": Message(
        "A write of an earlier worker may still be on its way to the SIS, so it is waited for.",
        "Nothing to do: the run goes on by itself in a moment.",
    ),
    "export-looks-again": Message(
        "The SIS gave no answer to a write and does not show the student yet. It is looked up again before"
        " anything is sent.",
        "Nothing to do: the run goes on by itself in a moment.",
    ),
    "export-id-conflict": Message(
        "The SIS gave the child an id other than the one that Enroll knows. Enroll keeps its own.",
        "Find out which student of the SIS is the child, and correct the other record.",
    ),
    "export-id-taken": Message(
        "The student number that the SIS gave is in Enroll already another student's district id.",
        "Find out which of the two is right; merge or correct them.",
    ),
    "export-not-found-again": Message(
        "The SIS accepted the student, and does not show it now.",
        "Look for the student in the SIS by name.",
    ),
    "export-field-refused": Message(
        "The SIS refused {field} ({code}).",
        "Correct the value in the form or the mapping. The code is the SIS's own.",
    ),
    "export-value-dropped": Message(
        "The SIS accepted {field} and did not keep it. Likely the right {right} is missing.",
        "Have the right added in the SIS, then run again what is partial.",
    ),
    "export-value-not-kept": Message(
        "The SIS accepted {field} and did not keep it.",
        "Look at the field in the SIS: it may be locked, or not take this value.",
    ),
    "export-value-altered": Message(
        "The SIS holds another value for {field} than was sent.",
        "Compare the two; if the SIS rewrites the value, map it in that form.",
    ),
    # --- exporting: contacts ---
    "export-contact-lacks": Message(
        "Contact {slot} was not sent: the SIS requires {fields}.",
        "Complete it in the form, then run again what is partial.",
    ),
    "export-contact-shares": Message(
        "Contact {slot} was not sent: it has the e-mail or phone of contact {contacts} in the SIS, under"
        " another name.",
        "If it is the same person, correct the name on one side; if not, the phone or e-mail.",
    ),
    "export-contact-name": Message(
        "Contact {slot} was not sent: the student has contact {contacts} of the same name in the SIS, with no"
        " e-mail or phone in common.",
        "If it is the same person, correct the e-mail or phone on one side.",
    ),
    "export-contact-several": Message(
        "Contact {slot} was not sent: several contacts of the SIS are like it ({contacts}).",
        "Merge them in the SIS, then run again what is partial.",
    ),
    "export-contact-of-others": Message(
        "Contact {slot} is also a contact of others in the SIS: {count}. A change of it is a change for them"
        " too.",
        "Nothing to do if the change is right for all of them.",
    ),
    "export-contact-shared": Message(
        "Contact {slot} is the same person as contact {other} of registration {registration}: one contact"
        " serves both.",
        "Nothing to do.",
    ),
    "export-contact-changed": Message(
        "Contact {slot} was changed in the SIS after the plan was made, so it was left alone.",
        "Run again what is partial: it is planned anew.",
    ),
    "export-contact-unknown": Message(
        "Contact {slot} was sent several times without an answer, and the SIS does not show it.",
        "Run again what is partial.",
    ),
    "export-contact-refused": Message(
        "Contact {slot} was not taken by the SIS. {reason}",
        "Correct it in the form or the mapping, then run again what is partial.",
    ),
    "export-candidate-unknown": Message(
        "None of the students that this registration may be has that number. Shown are: {known}.",
        "Name one of them, or say that it is none.",
    ),
}
