"""Which user gets which values: from what is declared to one value a user and property.

Pure: no Pulumi, no network. Files are read here, the directory is not: who a name means and who is
in a group is handed in.
`files` reads what companies keep (CSV, YAML), `templates` makes values of a user's directory
properties, `resolution` decides between sources; every value knows the place it comes from.
"""
