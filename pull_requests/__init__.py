"""A change of a stack on its way from a pull request to the tenant.

Previews are shown in one comment a stack, the reviewed preview is compared with a fresh one before
it is applied, and what has been changed outside is told of in an issue. The meaning of a preview is
`review`'s business; here is what GitHub and the jobs of a workflow need.
"""
