"""The judgement: what the layers mean for a site."""
