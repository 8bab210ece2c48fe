"""Moving a tip from state to state: the log decides, the row follows."""
