"""The services that the stand-in knows, one file each, written from Alibaba Cloud's documents."""
