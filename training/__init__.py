"""How the shipped models and weights were made; not needed to run anything."""

HELD_OUT = ("Steam_engine", "Huguenot")  # articles of SQuAD 2.0's labelled dev half that no model is trained on
