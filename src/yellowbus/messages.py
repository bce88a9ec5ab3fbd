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
    "mapping-not-ready": Message(
        "The mapping is not ready: {number} points are open. The first: {first}",
        "Settle them under Configure Mapping (`yellowbus mapping check` lists them), then start the import again.",
    ),
    "too-many-examples": Message(
        "{count} Student Examples were given; there can be {most}.",
        "Keep the {most} that show the most different cases.",
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
    "run-ended": Message(
        "Run {run} has ended already.",
        "Nothing to do.",
    ),
    "run-not-failed": Message(
        "Run {run} did not fail, so there is nothing to take up again.",
        "Start a new import.",
    ),
    "schedule-without-schools": Message(
        "No school is assigned to {connection}, so a nightly import would bring nobody.",
        "Assign schools first: Settings > Schools/Programs > Manage Schools, or `yellowbus connection assign`.",
    ),
    "source-fields-lacking": Message(
        "The SIS does not give these fields, which the mapping uses: {fields}. Nothing was read.",
        "Grant the fields again in the SIS, or map the Enroll fields from others.",
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
        "More than one row of the file has this {column}, and the rows differ. None of them was used.",
        "Correct the student in the SIS or in its export, so that there is one row.",
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
        "{count} contacts fit the {group} slots but found none free. Left out were the SIS contacts {contacts}.",
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
    "target-twice": Message("{field} is mapped more than once.", "Keep one mapping of the field, remove the others."),
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
}
