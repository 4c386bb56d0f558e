"""The only place that knows everybody: settings, URLs, providers, subscriptions, operations."""
