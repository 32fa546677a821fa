"""Stand-in for the azuread provider plugin 6.11.1 (upstream azuread 3.9.0).

Same requests in the same order; what is left out is only the official plugin's waiting (4 to 20 s
at each create and delete): one good answer of the directory is enough here.
"""
