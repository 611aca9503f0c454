print("learnt nothing yet")
