#if !Redis
    #error("CeleriacRedis needs the trait Redis: add it to the list of traits of the package celeriac")
#endif
