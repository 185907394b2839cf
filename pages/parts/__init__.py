"""What pages share: words, charts, the frame around every page."""
