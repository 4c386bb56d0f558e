"""The staff site: screens over actions and queries; no rule lives here."""
