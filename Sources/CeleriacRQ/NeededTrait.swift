#if !RQ
    #error("CeleriacRQ needs the trait RQ: add it to the list of traits of the package celeriac")
#endif
