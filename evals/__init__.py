"""The evals: suites of questions, and how well the assistant answers them."""
