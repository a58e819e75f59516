"""What the shop offers, as the API shows it."""
