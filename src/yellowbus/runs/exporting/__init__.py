"""The story of an export, told by its files in their order.

`order` takes the order, `terms` fixes everything that holds for the whole run (with `targets`, what the SIS takes),
`choose` takes the approved registrations page by page and `classify` says of each what would become of it (with
`contacts` for its contacts, `gaps` and `groups` for what the SIS can keep), `plan` looks at all of them together,
`write` writes one student after the other (`intents` sees to it that no child is ever written twice, `write_contacts`
writes the contacts), `read_back` compares what the SIS now holds, `finish` counts and closes. `drive` leads a run from
one step to the next; `decide` keeps what a person said of a registration that waited.
"""
