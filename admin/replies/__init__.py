"""Answers to the reporter: logged first, stored with the keeper's record, so that no row can speak for us."""
