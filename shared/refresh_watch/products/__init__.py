"""The product APIs that are asked, one file each, and how a look asks them."""
