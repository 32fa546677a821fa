"""One component resource a file; `__main__.py` puts them together in the guide's order.

This file stays empty of imports: the process of the dynamic providers imports this package too.
"""
