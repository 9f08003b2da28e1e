"""How the page looks: light and dark by the reader's setting, readable from 320 pixels on."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f3f4f6; --paper: #ffffff; --chat: #e9ecf0; --ink: #1c2024; --soft: #5b6269; --line: #d3d8de;
  --link: #0b5cad; --code: #f0f1f3; --code-ink: #9b1c3c; --mention: #dbe9fb; --mention-ink: #0a4a94;
  --red: #c21f2b; --green: #18733c; --amber: #925600; --blue: #0b5cad; --violet: #6b3fa0; --warn: #fff4d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --paper: #24282d; --chat: #1b1f23; --ink: #e7e9ec; --soft: #a5adb5; --line: #3b4148;
    --link: #7cb8f5; --code: #181b1f; --code-ink: #f2a3b5; --mention: #17395f; --mention-ink: #b5d6fa;
    --red: #ff8a8f; --green: #74d498; --amber: #f0b65a; --blue: #7cb8f5; --violet: #c3a5ee; --warn: #3d3316;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: auto; }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
}
.top, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.25rem 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .25rem; padding-top: .5rem; border-top: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: 0 0 .5rem; }
a { color: var(--link); }
small, .small { font-size: .8125rem; color: var(--soft); }
nav ul { list-style: none; margin: .5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .375rem; }
nav a {
  display: block; padding: .25rem .625rem; border: 1px solid var(--line); border-radius: 1rem;
  background: var(--paper); text-decoration: none;
}
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.back { font-size: .8125rem; font-weight: 400; }
section, article { scroll-margin-top: .5rem; }
.languages { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
.languages > div { min-width: 0; }
.language { font-size: .8125rem; color: var(--soft); margin: 0 0 .25rem; }

/* one message: what the lock screen shows, then the chat */
.lock {
  margin: 0 0 .375rem; padding: .5rem .75rem; border-radius: .75rem; background: var(--paper);
  border: 1px solid var(--line); max-width: 24rem;
}
.lock .where { display: block; font-size: .75rem; color: var(--soft); }
.lock .line {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; font-weight: 600;
}
.thread { background: var(--chat); border-radius: .75rem; padding: .75rem; }
.bubble { background: var(--paper); border-radius: .5rem; padding: .625rem .75rem; max-width: 40rem; min-width: 0; }
.bubble + .bubble { margin-top: .5rem; }
.bubble > :last-child, .inside > :last-child, .bubble p:last-child { margin-bottom: 0; }
.card { padding: 0; overflow: hidden; border: 1px solid var(--line); }
.card > .inside { padding: .625rem .75rem; }
.h { font-weight: 700; line-height: 1.35; margin: .25rem 0 .5rem; }
.h1 { font-size: 1.25rem; } .h2 { font-size: 1.1875rem; } .h3 { font-size: 1.0625rem; }
.h4, .h5, .h6 { font-size: 1rem; }
hr { border: 0; border-top: 1px solid var(--line); margin: .5rem 0; }
blockquote { margin: .25rem 0 .5rem; padding: 0 0 0 .625rem; border-left: 3px solid var(--line); color: var(--soft); }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; }
code {
  font-size: .875em; background: var(--code); color: var(--code-ink); border-radius: .25rem;
  padding: .0625rem .25rem;
}
pre { font-size: .8125rem; line-height: 1.45; white-space: pre-wrap; margin: .25rem 0 .5rem; }
pre.code { background: var(--code); border-radius: .375rem; padding: .5rem .625rem; }
.list { list-style: none; margin: 0 0 .5rem; padding: 0; }
.list li { display: flex; gap: .5rem; margin: 0 0 .1875rem; }
.list .words { min-width: 0; }
.list .sign { flex: none; color: var(--soft); }
.level1 { padding-left: 1.25rem; } .level2 { padding-left: 2.5rem; } .level3 { padding-left: 3.75rem; }
span.link { color: var(--link); }
.mention {
  background: var(--mention); color: var(--mention-ink); border-radius: .25rem; padding: 0 .1875rem;
  font-weight: 600;
}
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
.button {
  display: inline-block; padding: .3125rem .75rem; border: 1px solid var(--line); border-radius: .375rem;
  background: var(--paper); color: var(--link); text-decoration: none; font-weight: 600;
}
.foot { font-size: .8125rem; color: var(--soft); margin: .375rem 0 0; }
.foot p { margin: 0; }
.facts { margin: .25rem 0 .5rem; display: grid; gap: .1875rem; }
.facts > div { display: grid; grid-template-columns: minmax(4rem, 7.75rem) minmax(0, 1fr); gap: .5rem; }
.facts > .deep { grid-template-columns: minmax(0, 1fr); gap: 0; } .deep > dd { padding-left: .75rem; }
.details .item + .item { border-top: 1px solid var(--line); margin-top: .25rem; padding-top: .25rem; }
.facts dt { color: var(--soft); font-weight: 600; } .facts dd { margin: 0; } .facts p { margin: 0; }
.fields {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .5rem .75rem;
  margin: .25rem 0 .5rem;
}
.fields > div { min-width: 0; } .fields > .wide { grid-column: 1 / -1; } .fields p { margin: 0; }
.columns { display: flex; flex-wrap: wrap; gap: .5rem 1rem; } .columns > div { flex: 1 1 9rem; min-width: 0; }
.barred {
  border-left: 4px solid var(--bar, var(--line)); border-radius: .25rem; padding: .25rem 0 .25rem .75rem;
  margin: .25rem 0;
}
.tag {
  display: inline-block; font-size: .8125rem; font-weight: 600; border-radius: .25rem;
  padding: .0625rem .4375rem; margin: 0 .375rem 0 0; background: var(--code);
}
.raw, .note {
  border: 1px dashed var(--amber); background: var(--warn); border-radius: .375rem; padding: .375rem .625rem;
  margin: .5rem 0 0; font-size: .8125rem;
}
.spoiler { background: var(--soft); color: var(--paper); }
.bold { font-weight: 700; } .large { font-size: 1.125rem; line-height: 1.35; } .subtle { color: var(--soft); }
.text p { margin: 0 0 .375rem; } .teams .text { margin-bottom: .375rem; }

/* colours that payloads name */
.ink-red, .ink-attention { color: var(--red); } .ink-green, .ink-good, .wecom-info { color: var(--green); }
.ink-orange, .ink-yellow, .ink-warning, .wecom-warning { color: var(--amber); }
.ink-grey, .wecom-comment { color: var(--soft); }
.ink-blue, .ink-accent { color: var(--blue); } .ink-purple { color: var(--violet); }
.inked { color: var(--bar); }
@media (prefers-color-scheme: dark) {
  /* a payload's colour is made for a light ground */
  .inked { color: inherit; border-bottom: 2px solid var(--bar); }
}
.header { padding: .625rem .75rem .5rem; color: #ffffff; background: #4c5661; }
.header .h { margin: 0; } .subtitle { margin: .125rem 0 0; font-size: .875rem; }
.template-red, .template-carmine { background: #b3261e; } .template-orange, .template-yellow { background: #94540a; }
.template-green { background: #1b6b3a; }
.template-blue, .template-wathet, .template-turquoise { background: #1258a8; }
.template-violet, .template-purple, .template-indigo { background: #59399a; }
.header .tag { background: #ffffff; color: #1c2024; margin-left: .375rem; }
.container { margin: 0 0 .5rem; } .container[class*="style-"] { padding: .5rem .625rem; border-radius: .375rem; }
.style-attention { border-left: 4px solid var(--red); background: var(--code); }
.style-good { border-left: 4px solid var(--green); background: var(--code); }
.style-warning { border-left: 4px solid var(--amber); background: var(--code); }
.style-accent { border-left: 4px solid var(--blue); background: var(--code); }
.style-emphasis { background: var(--code); }
.action-trigger, .severity-critical, .severity-error { background: #b3261e; color: #ffffff; }
.severity-warning { background: #94540a; color: #ffffff; } .severity-info { background: #1258a8; color: #ffffff; }
.action-resolve { background: #1b6b3a; color: #ffffff; } .action-acknowledge { background: #94540a; color: #ffffff; }
.embed { background: var(--code); padding: .625rem .75rem; } .embed code { background: var(--paper); }
.panel { border: 1px solid var(--line); border-radius: .375rem; padding: .5rem .625rem; margin: .5rem 0; }
.telegram .bubble pre { background: var(--code); border-radius: .375rem; padding: .5rem .625rem; }
.slack p, .telegram p { white-space: pre-wrap; }
.feishu .inside > div + div { margin-top: .5rem; }
.inside > .button { margin: .25rem .5rem .5rem 0; }
.post + .post { border-top: 1px solid var(--line); padding-top: .5rem; }
"""
