print("nothing in stock")
