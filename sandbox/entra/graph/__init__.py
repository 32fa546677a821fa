"""Microsoft Graph, as far as the azuread provider and this project's own client call it."""
