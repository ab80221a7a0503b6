"""A catalog prepared for questions: the answers of `domain.query.select` without looking at each listing."""
