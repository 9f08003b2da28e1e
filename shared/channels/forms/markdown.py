"""A message as markdown or plain text, in which the words of others can neither mention, link nor format.

In markdown they stand in code spans, where nothing is active in any dialect; this also keeps clients from unfolding
customers' URLs.
"""

from __future__ import annotations

from shared.reports.message import FailureGroup, Message

AT = "@"
_HARMLESS_AT = "\uff20"  # a full-width @, which no chat takes for a mention


def code(words: str) -> str:
    """A code span on one line. A back tick, which is no part of a URL, would end it: it becomes an apostrophe."""
    return f"`{' '.join(words.replace('`', chr(39)).split()) or '-'}`"


def heading(message: Message, keyword: str) -> str:
    """The title for the body: the keyword, the tags, the name as code."""
    parts = (keyword, message.heading, code(message.name) if message.name else "")
    return " ".join(part for part in parts if part)


def markdown(message: Message, keyword: str) -> str:
    """The whole message: heading, summary, facts, failures by reason, next steps, commands, footer."""
    blocks = [f"#### {heading(message, keyword)}", message.summary]
    facts = [
        f"- {fact.label}{message.say('label.separator')}{code(fact.value) if fact.of_others else fact.value}"
        for fact in message.facts
    ]
    blocks.append("\n".join(facts))
    if message.groups:
        lines = [f"**{message.say('heading.failures')}**", ""]
        for group in message.groups:
            lines.extend(_group(message, group))
        blocks.append("\n".join(lines))
    if message.next_steps:
        steps = [f"- {step}" for step in message.next_steps]
        blocks.append("\n".join([f"**{message.say('heading.next')}**", "", *steps]))
    if message.commands:
        lines = [f"- {code(command)}" for command in message.commands]
        if message.more_commands:
            lines.append(f"- {message.say('more', count=message.more_commands)}")
        blocks.append("\n".join([f"**{message.say('heading.command')}**", "", *lines]))
    blocks.append(f"> {message.footer}")
    return "\n\n".join(block for block in blocks if block)


def plain(message: Message, keyword: str) -> str:
    """The fact itself, without words of others: the lowest rung."""
    lowest = message.reduced(3)
    parts = (keyword, lowest.heading, lowest.summary, *lowest.next_steps, lowest.footer)
    return " ".join(part for part in parts if part)


def harmless(words: str) -> str:
    """For a place that knows no code spans, such as a notification's line: no character that mentions."""
    return words.replace(AT, _HARMLESS_AT)


def _group(message: Message, group: FailureGroup) -> list[str]:
    reason = code(group.reason) if group.of_others else group.reason
    lines = [f"- {message.say('failure.count', reason=reason, count=group.count)}"]
    lines.extend(f"    - {code(url)}" for url in group.samples)
    if group.samples and group.more:
        lines.append(f"    - {message.say('more', count=group.more)}")
    return lines
