"""Early-payment discounts and conditional rebates: rules, offers made, discounts granted."""
