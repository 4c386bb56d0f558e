"""Discounts on screen: what was offered, earned and granted; rules; good payers."""
