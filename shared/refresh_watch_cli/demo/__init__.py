"""`refresh-watch demo`: the deployed functions' code on this machine, against products and chats that stand in."""
