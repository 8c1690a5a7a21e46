"""Properties of any op, and an audit for anyone's function of tensors."""
