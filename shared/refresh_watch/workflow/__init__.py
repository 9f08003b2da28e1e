"""What each function does, step by step: section "How a watch flows" of CONTRIBUTING.md."""
