"""The product APIs, and how a look polls them. What a product is stands in `product_specs`."""
