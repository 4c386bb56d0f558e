"""OpenID Connect: https://openid.net/specs/openid-connect-core-1_0.html."""
