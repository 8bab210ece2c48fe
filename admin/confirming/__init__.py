"""Asking somebody who is signed in once more, before what a stolen session must not do."""
