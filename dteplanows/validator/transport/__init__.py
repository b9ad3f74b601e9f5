"""Goods on the way: kind of dispatch, Resolución 154, vehicles and their plates, places, customs."""
