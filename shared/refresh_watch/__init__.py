"""Everything the functions share. The rooms and who may call whom: CONTRIBUTING.md."""
