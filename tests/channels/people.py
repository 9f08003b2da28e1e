"""People whom the channels of the tests mention."""

from __future__ import annotations

PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dingtalk": (("13800000000", "@manager01", "all"), ("13800000000", "manager01", "all")),
    "discord": (("<@80351110224678912>", "<@&165511591545143296>"), ("80351110224678912", "165511591545143296")),
    "feishu": (("ou_0a1b2c3d", "@all", "all"), ("ou_0a1b2c3d", "all")),
    "lark": (("ou_0a1b2c3d", "7f8a9b2c"), ("ou_0a1b2c3d", "7f8a9b2c")),
    "slack": (("<@U024BE7LH>", "<!subteam^SAZ94GDB8>", "<!here>"), ("U024BE7LH", "SAZ94GDB8", "here")),
    "teams": (("Ann Lee|ann@example.com", "bo@example.com"), ("ann@example.com", "bo@example.com")),
    "telegram": (("@oncall_team", "4200042"), ("@oncall_team", "4200042")),
    "wecom": (("zhangsan", "li.si@example.com"), ("zhangsan", "li.si@example.com")),
}
"""What `mention` holds, and whom the vendor then mentions. The other kinds mention no one."""
