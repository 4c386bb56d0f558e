"""What calls the address of a subscriber: over the network, or in memory."""
