"""The story of an import, told by its files in their order.

`order` takes the order (who, what, may it run at all), `terms` fixes everything that holds for the whole run, `read`
takes the records page by page and `classify` says of each what would become of it, `plan` looks at all of them
together (repeats, holds, counts), `apply` writes exactly what was planned, `finish` counts again and closes.
`drive` leads a run from one step to the next.
"""
