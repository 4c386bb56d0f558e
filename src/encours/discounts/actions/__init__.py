"""Rules kept, offers made, discounts granted, rewards decided."""
