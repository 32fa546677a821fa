"""The reviewer's rules as a policy pack, where a resource alone tells."""
