"""The login endpoints: sign-in page, authorization codes, tokens, keys and discovery documents."""
