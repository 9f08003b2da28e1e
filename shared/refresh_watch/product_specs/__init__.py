"""What each product is, as data: one file a product. Every table that is keyed by product is made from these."""
