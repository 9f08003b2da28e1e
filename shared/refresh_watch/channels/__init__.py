"""Where reports go: one file per channel, `render(report) -> request` and `classify(response) -> delivery outcome`."""
