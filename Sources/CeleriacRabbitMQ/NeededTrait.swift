#if !RabbitMQ
    #error("CeleriacRabbitMQ needs the trait RabbitMQ: add it to the list of traits of the package celeriac")
#endif
