"""Sign-in by the company's directory, OIDC or SAML: who comes in, and what a refusal says.

allauth does the talking; here is what it leaves to its users: a nonce, every signature checked,
answers used once, and a sentence instead of an error page.
"""
