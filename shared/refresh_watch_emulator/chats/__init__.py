"""Stand-in chats, one file a kind. Written apart from the channels that post to them, so that a mistake is not
made twice."""
