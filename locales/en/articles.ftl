# Answers in the portal: what people can do for themselves. Plain words.

answers = Answers
all-answers = All answers
what-about = What is it about?
which-service = Which service
every-service = All services
search = Search
no-answer = No answer found
no-answer-words = Try other words, or report what is not working.
no-answers-yet = No answers yet
no-answers-yet-words = When there is something you can do yourself, it is told here.
helped = { $asked ->
    [one] helped { $helped } of { $asked } person
   *[other] helped { $helped } of { $asked } people
}
updated-at = Updated <time>{ $at }</time>
in-language = This text is in { $code ->
    [de] German
    [es] Spanish
    [fr] French
    [pl] Polish
    [pt] Portuguese
   *[en] English
}.
did-it-help = Did this solve it?
solved-it = This solved it
did-not = It did not, report it
counted = Good. It is counted, so that others find this sooner.
more = More
