"""Stand-in for the aws provider plugin 7.51.1, for what this project uses of EKS.

Every call goes through botocore, so the requests are the service's own; the waiting between them is
shorter than the official plugin's 10 to 30 s.
"""
