"""Compounds and idioms whose parts mean something else than the whole, by what the whole is."""

from __future__ import annotations

TABLES = {
    "link": """
        generate, i want, i need, i'd like, i would like, we want, we need, we'd like, we would like, can you, could you, please make, give me, make a video, make me a video, generate a video, create a video, a video of, show me, bear in mind, for example, of course, as well, in front of,
        next to, each other, one another, at least, at all, a bit, a lot, in order to, kind of, sort of, such as, so that,
        make sure, as if, side by side, right now, at once, by the way, in the middle of, on top of, can't wait, in case
    """,
    "deed": """
        chill out, work out, show off, take off, take over, stand out, look like,
        wipe out, fall off, fall over, fall down, break down, look for, look after, come true, come alive, come to life, come together, go wild, go crazy, go on, goes wild,
        goes crazy, catch fire, pass by, run out of, make sense, make love,
        make out, make up, make sure of, make eye contact, make a wish, make friends, take a selfie, take a photo, take a picture,
        take place, take part, play a role, play it cool, play it safe, play hard to get, play a trick, play tricks, play a prank, play pranks, play a joke, play jokes, play truant, play hooky, play hookey, play with fire, play favorites, play along, break up, break dance floor, cast a shadow, cast shadows, give birth,
        wake up, get up, pick up, light up, blow up, grow up, dress up, clean up, pour down, set fire, thumbs up, high five, stand still in time, hold hands, rain down, let go, let go of, let it go, let them go, let him go, let her go
    """,
    "manner": """
        made of, made out of, made from, built of, carved out of, carved from,
        over the moon, on cloud nine, once in a blue moon, out of the blue, under the weather, in the spotlight of attention, over the rainbow,
        down to earth, out of this world, on top of the world, worlds apart, in deep water, in hot water, in the same boat, off the beaten track,
        at a crossroads, a piece of cake, piece of cake, cold feet, hot potato, couch potato like, under the sun,
        for a rainy day, right as rain, in the dark about, in broad daylight robbery, in a heartbeat, butterflies in her stomach,
        butterflies in his stomach, butterflies in my stomach, elephant in the room, like a fish out of water, as busy as a bee, busy as a bee,
        like a fish to water, bull in a china shop, wolf in sheep's clothing, a wolf in sheep's clothing, when pigs fly, wild goose chase,
        at the end of the day, day dreaming, like there's no tomorrow, head in the clouds, with his head in the clouds, with her head in the clouds,
        like night and day, the calm before the storm, calm before the storm, storm in a teacup, kicking and screaming, in the long run,
        on the run, on the go, on the fly, in a nutshell, home sweet home, feel at home, at home with, home made,
        still life, high school musical, larger than life, one by one, back to back, face to face, in slow motion feel, wide open,
        wide eyed, wide smile, wide grin, wide eyes, in a hurry, on fire, in love, on time, in line, out of time, every day,
        one day, day after day, every night, at first sight, star shaped, dog tired, sea green, sky blue, navy blue, forest green,
        ice cold, ice blue, rock hard, snow covered look, sun kissed, mountain high, day old, horse drawn, dog eared, bright red,
        bright blue, bright green, bright yellow, bright pink, bright orange, bright color, bright colors, bright colour,
        bright colours, bright eyes, bright eyed, bright smile, clear eyes, clear water, clear glass, clear voice, clear umbrella
    """,
    "animal": "guinea pig, prairie dog, sea horse, mountain goat, mountain lion, polar fox, hunting dog pack, fire ant, praying mantis, "
    "cat fish, catfish, dog fish, jelly fish, star fish, bull frog tadpole, bearcat, sand worm, sea serpent, fly trap, horse fly, "
    "fruit fly, fruit bat, rock lobster, spring chicken, water buffalo, fire dragon, ice dragon, sky whale, space whale, bald eagle",
    "people": "wedding party, search party, rock star crowd, lion king, tiger woods, "
    "mickey mouse, donald duck, pikachu, hello kitty, peppa pig, sponge bob, kung fu panda, sleeping beauty, elsa, harry potter, "
    "darth vader, fox news, bear grylls, drake, beyonce, taylor swift, elon musk, trump, obama, einstein, mario, sonic, goku, godzilla, king kong",
    "object": "christmas star, rain barrel, rain stick, snow shovel, snow plow, snow machine, snow cone maker, cloud storage, "
    "star map, star chart, sun dial, sun lounger, sun umbrella, sun screen, sunscreen, moon lamp, moon cake, moon boot, wind chime, storm trooper toy, "
    "fog machine, smoke machine, ice axe, ice skate, ice pick, ice bucket, ice sculpture, "
    "sea shell, "
    "bed sheet, window sill, window frame, "
    "water bottle, water gun, water balloon, desert eagle, space heater, space bar, "
    "tree house, tree branch, tree trunk, bird cage, bird house, birdhouse, bird bath, bird seed, "
    "cat tree, cat toy, cat bed, cat litter, dog leash, dog collar, dog toy, dog house, dog treat, dog sled, fish bowl, fish hook, fish stick, "
    "bear trap, bear rug, bear skin, mouse trap, mouse pad, mouse click, monkey wrench, monkey bar, pig pen, piggy bank, rabbit hole, fox hole, "
    "fox fur, lion statue, tiger stripe, panda mug, robot vacuum, robot arm, alien ship, wizard hat, cowboy hat, cowboy boot, chef hat, "
    "chef knife, chef's knife, astronaut suit, astronaut helmet, knight helmet, teddy toy, man bun, man cave, manhole, baby bottle, "
    "baby carriage, baby stroller, girl scout cookie, lady finger, queen bee hive, king size bed, human hand, human face, human eye, "
    "playing card, playing cards, drawing board, drawing table, sewing machine, washing machine, dancing shoe, dancing shoes, "
    "running shoe, running shoes, sleeping pill, reading lamp, reading glasses, magnifying glass, rolling pin, cooking pot, paint brush, "
    "paint can, paint bucket, play button, type writer, typewriter, work bench, drum stick, drumstick, look book, race car, racing car, "
    "rocket ship, ski pole, ski lift, ski mask, slide show, step stool, swing set, jump rope, jumping jack, wave machine, "
    "movie star poster, remote control, remote, video game, video game controller, game controller, camera bag, film camera, video camera, tv screen, "
    "dance shoe, party hat, birthday party hat, party balloon, bubble bath, bubble gum, bubble wrap, gift wrap, clear plastic, fishing pole, "
    "clown car, boxing ring, wedding dress, wedding ring, wedding cake, sun flower field print, bus ticket, star trek badge, snow sled, rain hat, rain jacket, rain boots",
    "place": "swimming pool, train station platform, train tracks, train track, race track, running track, dance hall, dance school, "
    "wishing well, parking space, bus station, fire station, police station, power station, night market stall, bowling alley, "
    "living quarters, waiting room, dining room, dressing room, changing room, locker room, fitting room, throne room, "
    "engine room, green room, court room, control room, court yard, boxing gym, wall street, sesame street, park ranger station, "
    "water park, skate park, trailer park, jurassic park, south park, national park sign, central perk, dog cat cafe sign, "
    "blood bank, food bank, river bank, west bank, horse farm barn, space needle, ocean liner cabin, shipwreck, pirate ship",
    "nature": "fall leaves, fall foliage, foliage, fall color, fall colors, hot spring, spring flower, spring time, springtime, summer time, "
    "summertime, wintertime, autumn leaf, running water, falling leaves, falling leaf, falling star, falling petal, falling petals, falling water, "
    "shooting star, shooting stars, rolling hills view, sea foam, "
    "city smog, sand storm, sandstorm, dust storm, tree line, grass blade, blade of grass, moon beam, meteor shower, star dust, stardust, "
    "snow angel, snow drift, rain drop, raindrop, rain drops, raindrops, storm drain, water drop, water droplet, sun spot, sunspot",
    "food": "hot dog, hot dogs, ice cream, ice pop, dog biscuit, fish and chips, fish cake, fish taco, fish sauce, fish soup, fish dish, "
    "bear claw pastry, duck sauce, peking duck, roast duck, roast pig, roast chicken, fried chicken, chicken wing, chicken soup, "
    "chicken nugget, chicken salad, animal cracker, gummy bear, gummy bears, goldfish cracker, fortune cookie, shepherd's pie, sea food, seafood, "
    "sea salt, star fruit, dragon fruit, beach snack, fast food, coffee bean, coffee cup, rock candy, pot pie, moon cake",
    "clothing": "rain coat, rain coats, snow suit, snow boots, snow boot, snow hat, snow goggles, sun hat, sun glasses, sun dress, sundress, night gown, nightgown, "
    "evening gown, evening dress, day dress, fish net stockings, bear suit, bear costume, dog costume, cat costume, cat ears, bunny ears, "
    "rabbit ears, fox ears, cat mask, fox mask, rabbit mask, robot costume, lab coat, work boot, work clothes, running shorts, swimming trunks, swimming cap, "
    "party dress, ball gown, baby clothes, dress shoe, dress shirt, hawaiian shirt, cargo pants, cape coat, fur coat, trench coat, lion mane",
    "body": "pony tail, ponytail, pig tail, pigtail, pigtails, blue hair, blonde hair, red hair, black hair, crow's feet, bear hands, dog ears",
    "style": "star wars, star trek, ice age style, lion king style, toy story, snow white style, found art, moving picture, black and white film, "
    "motion picture, old movie, blade runner, mad max, the matrix, lord of the rings, game of thrones, stranger things, jurassic park style, art house, "
    "arthouse, storybook, fairy tale, fairytale, pop up book, video game style, low fi, high fantasy, dark fantasy, space opera, spaghetti western, "
    "soap opera, reality tv, reality show, news report, breaking news, nature documentary, wildlife documentary, music video, "
    "home video, home movie, street photography, fashion film, dark academia",
    "sound": "rock music, rock and roll, rock n roll, heavy metal, beach boys, house music, drum and bass, country music, "
    "bird song, ocean sounds, wind noise, street noise, city noise, crowd noise, rain sounds, rain sound, sound of rain, sound of waves, thunder clap, "
    "light music, soft music, dance music, party music, pan flute, voice acting, singing voice, jazz band music, applause track, sound track, sound design",
    "light": "sun flare, sun beam, star light glow, morning light glow, light ray, light rays, light beam, light beams, light leak, light leaks, light trail, "
    "light trails, light bulb, light show, traffic light, traffic lights, city glow, flash light, flashlight, spot lit, day light lamp, candle light",
    "lens": "depth of field, field of view, star filter, still frame, camera angle, camera angles, camera move, camera moves, camera movement, "
    "camera work, camerawork, camera motion, camera lens, camera shake, moving camera, snorricam, bird feeder cam, dash cam, body cam, trail cam, night cam",
    "editing": "fast cuts, quick cuts, jump cuts, slow motion, stop frame, cross fade, scene cut, cold open, split second, real time, speed up, slow down, sped up",
    "idea": "rat race, catwalk, dog days, dogfight, pig latin, monkey business, bear market, bull market, bear hug, bear hugs, fish story, wolf whistle, "
    "line dance, snow day, rain check, rush hour, happy hour, beauty sleep, day dream, daydream, night mare, nightmare, brain storm, brainstorm, "
    "storm chasing, book club, golf club, book store day, fight club, fan club, night shift, day shift, day off, day job, tea party, search engine, spring break, spring roll, "
    "cold war, world war, star sign, cloud nine, moon landing, space race, space age, race condition, race relations, horse race, boat race, dog show, cat show, fashion show, talk show, game show, "
    "light show, puppet show, magic show, magic trick, street dance, night life, nightlife, work life, school play, role play, work day, workday, birthday party, "
    "home run, home work, homework, house work, field trip, magnetic field, stage fright, stage name, desert island discs, forest gump",
}  # fmt: skip
"""Entries that win over their parts."""
