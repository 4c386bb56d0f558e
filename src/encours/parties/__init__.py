"""Who owes: customers with their identifiers, contacts and payment terms, and who wrote what.

A customer belongs to one creditor and is known there by its auxiliary code.
"""
