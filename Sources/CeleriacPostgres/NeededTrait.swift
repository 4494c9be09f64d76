#if !Postgres
    #error("CeleriacPostgres needs the trait Postgres: add it to the list of traits of the package celeriac")
#endif
