"""SAML 2.0, Web Browser SSO: https://docs.oasis-open.org/security/saml/v2.0/."""
